/** A function that remembers its calls, and does what it is told to. */
export interface Mock<Args extends any[] = any[], Result = any> {
  (...args: Args): Result;
  readonly mock: {
    readonly calls: Args[];
    readonly lastCall: Args | undefined;
    readonly results: { type: "return" | "throw" | "incomplete"; value: any }[];
  };
  /** Forgets the calls. */
  mockClear(): this;
  /** Forgets the calls and everything it was told to do since it was made. */
  mockReset(): this;
  mockImplementation(run: (...args: Args) => Result): this;
  mockImplementationOnce(run: (...args: Args) => Result): this;
  mockReturnValue(value: Result): this;
  mockReturnValueOnce(value: Result): this;
  mockResolvedValue(value: Awaited<Result>): this;
  mockResolvedValueOnce(value: Awaited<Result>): this;
  mockRejectedValue(problem: unknown): this;
  mockRejectedValueOnce(problem: unknown): this;
}

/** Makes a mock of a function, or one that returns `undefined`. */
export function fn<Args extends any[] = any[], Result = any>(run?: (...args: Args) => Result): Mock<Args, Result>;
