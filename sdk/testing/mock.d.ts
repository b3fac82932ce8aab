type Callable = (...args: any[]) => any;

/** A function that remembers its calls, and does what it is told to. */
export interface Mock<F extends Callable = Callable> {
  (...args: Parameters<F>): ReturnType<F>;
  new (...args: Parameters<F>): any;
  readonly mock: {
    readonly calls: Parameters<F>[];
    /** The `this` of each call. */
    readonly contexts: unknown[];
    readonly instances: unknown[];
    /** When each call was made, counted over all mocks from 1. */
    readonly invocationCallOrder: number[];
    readonly results: { readonly type: "return" | "throw" | "incomplete"; readonly value: any }[];
    /** What became of the promises that were returned. */
    readonly settledResults: { readonly type: "fulfilled" | "rejected" | "incomplete"; readonly value: any }[];
    readonly lastCall: Parameters<F> | undefined;
  };
  getMockName(): string;
  getMockImplementation(): F | undefined;
  mockName(name: string): this;
  /** Forgets the calls. */
  mockClear(): this;
  /** Forgets the calls and everything it was told to do since it was made. */
  mockReset(): this;
  /** As {@link mockReset}; a mock of {@link Vi.spyOn} also gives the method back. */
  mockRestore(): this;
  mockImplementation(implementation: F): this;
  mockImplementationOnce(implementation: F): this;
  mockReturnThis(): this;
  mockReturnValue(value: ReturnType<F>): this;
  mockReturnValueOnce(value: ReturnType<F>): this;
  mockResolvedValue(value: Awaited<ReturnType<F>>): this;
  mockResolvedValueOnce(value: Awaited<ReturnType<F>>): this;
  mockRejectedValue(problem: unknown): this;
  mockRejectedValueOnce(problem: unknown): this;
}

/** Makes a mock of a function, or one that returns `undefined`. */
export function fn<F extends Callable = Callable>(implementation?: F): Mock<F>;

export {};
