// What any test needs: tests in suites, and expectations.

type Body = () => unknown;

export interface TestOptions {
  /** How long the test may take, in milliseconds. */
  timeout?: number | undefined;
  only?: boolean | undefined;
  skip?: boolean | undefined;
  todo?: boolean | undefined;
  fails?: boolean | undefined;
}

/** Options, or the `timeout` alone. */
type Options = TestOptions | number;

/**
 * Declares a test or a group for each row of a list, or of a table in a template. `%s`, `%d`, `%i`, `%f`, `%j`, `%o` in the name show the row's
 * values, `%#` its number, `$name` a member.
 */
interface Each {
  <Row extends readonly any[] | readonly [any]>(rows: readonly Row[]): (name: string, body: (...row: Row) => unknown, options?: Options) => void;
  <Row>(rows: readonly Row[]): (name: string, body: (row: Row) => unknown, options?: Options) => void;
  (names: TemplateStringsArray, ...values: unknown[]): (name: string, body: (row: any) => unknown, options?: Options) => void;
}

/** As {@link Each}, but a row that is a list is handed over as one value. */
type For = <Row>(rows: readonly Row[]) => (name: string, body: (row: Row) => unknown, options?: Options) => void;

export interface Test {
  (name: string, body?: Body, options?: Options): void;
  (name: string, options: TestOptions, body: Body): void;
  /** Runs no test of the file but those. */
  only: Test;
  skip: Test;
  /** A test to be written. */
  todo: Test;
  /** A test that passes when it fails. */
  fails: Test;
  /** Nothing of its own: tests of a file run one after another under `mik test`. */
  concurrent: Test;
  sequential: Test;
  /** Skips where the condition holds. */
  skipIf(condition: unknown): Test;
  /** Skips where the condition does not hold. */
  runIf(condition: unknown): Test;
  each: Each;
  for: For;
}

export interface Describe {
  (name: string, body?: () => void, options?: Options): void;
  (name: string, options: TestOptions, body: () => void): void;
  /** Runs no test of the file but those in it. */
  only: Describe;
  skip: Describe;
  todo: Describe;
  /** Its tests pass when they fail. */
  fails: Describe;
  concurrent: Describe;
  sequential: Describe;
  /** Skips where the condition holds. */
  skipIf(condition: unknown): Describe;
  /** Skips where the condition does not hold. */
  runIf(condition: unknown): Describe;
  each: Each;
  for: For;
}

export const test: Test;
export const it: Test;
export const describe: Describe;

/** Runs once before the tests of this `describe`, or of the file. */
export function beforeAll(body: Body, timeoutMs?: number): void;
/** Runs once after the tests of this `describe`, or of the file. */
export function afterAll(body: Body, timeoutMs?: number): void;
/** Runs before each test of this `describe`, or of the file. */
export function beforeEach(body: Body, timeoutMs?: number): void;
/** Runs after each test of this `describe`, or of the file. */
export function afterEach(body: Body, timeoutMs?: number): void;

/** What is true of a value. `R` is `void`, or a promise where the value is waited for. */
export interface Matchers<R = void> {
  readonly not: Matchers<R>;

  /** The very same value (`Object.is`). */
  toBe(expected: unknown): R;
  /** Equal in all that is in it; members that are `undefined` count as absent. */
  toEqual(expected: unknown): R;
  /** As {@link toEqual}, and of the same types, with the same absent members. */
  toStrictEqual(expected: unknown): R;
  /** Has at least these members, with equal values. */
  toMatchObject(expected: object): R;

  toBeTruthy(): R;
  toBeFalsy(): R;
  toBeNull(): R;
  toBeUndefined(): R;
  toBeDefined(): R;
  /** `null` or `undefined`. */
  toBeNullable(): R;
  toBeNaN(): R;
  toBeTypeOf(expected: "bigint" | "boolean" | "function" | "number" | "object" | "string" | "symbol" | "undefined"): R;
  /** Equal to one of these. */
  toBeOneOf(expected: Iterable<unknown>): R;
  /** The function says so. */
  toSatisfy(test: (value: any) => unknown): R;

  toBeGreaterThan(expected: number | bigint): R;
  toBeGreaterThanOrEqual(expected: number | bigint): R;
  toBeLessThan(expected: number | bigint): R;
  toBeLessThanOrEqual(expected: number | bigint): R;
  /** Differs by less than half a unit of the given decimal place (2 unless given). */
  toBeCloseTo(expected: number, digits?: number): R;

  /** A list has this very item, or a string this part. */
  toContain(expected: unknown): R;
  /** A list has an equal item. */
  toContainEqual(expected: unknown): R;
  toHaveLength(expected: number): R;
  /** Has a member at the path (`"a.b[0]"` or `["a", "b", 0]`), equal to `expected` where given. */
  toHaveProperty(path: string | readonly (string | number)[], expected?: unknown): R;
  /** A string has this part, or matches. */
  toMatch(expected: string | RegExp): R;
  toBeInstanceOf(expected: abstract new (...args: any[]) => unknown): R;
  /** The function throws: anything, a message with this part or that matches, an error of this class, or one with this message. */
  toThrow(expected?: string | RegExp | Error | (abstract new (...args: any[]) => unknown)): R;
  /** The same as {@link toThrow}. */
  toThrowError(expected?: string | RegExp | Error | (abstract new (...args: any[]) => unknown)): R;

  toHaveBeenCalled(): R;
  toHaveBeenCalledOnce(): R;
  toHaveBeenCalledTimes(expected: number): R;
  toHaveBeenCalledWith(...args: unknown[]): R;
  toHaveBeenLastCalledWith(...args: unknown[]): R;
  /** The first call is number 1. */
  toHaveBeenNthCalledWith(n: number, ...args: unknown[]): R;
  /** Returned at least once without throwing. */
  toHaveReturned(): R;
  toHaveReturnedTimes(expected: number): R;
  toHaveReturnedWith(expected: unknown): R;
  toHaveLastReturnedWith(expected: unknown): R;
}

export interface Expectation extends Matchers {
  readonly not: Matchers;
  /** What the promise resolves to. To be awaited. */
  readonly resolves: Matchers<Promise<void>>;
  /** What the promise rejects with. To be awaited. */
  readonly rejects: Matchers<Promise<void>>;
}

/** Stand for values of a kind inside of `toEqual` and its like. */
interface Asymmetric {
  objectContaining(expected: object): any;
  arrayContaining(expected: readonly unknown[]): any;
  stringContaining(expected: string): any;
  stringMatching(expected: string | RegExp): any;
  closeTo(expected: number, digits?: number): any;
}

export interface Expect extends Asymmetric {
  /** Begins an assertion; `message` goes before what is said when it fails. */
  (actual: unknown, message?: string): Expectation;
  /** Anything made by this class; primitive values by theirs. */
  any(type: abstract new (...args: any[]) => unknown): any;
  /** Anything but `null` and `undefined`. */
  anything(): any;
  readonly not: Asymmetric;
  /** The test fails unless it makes this many assertions. */
  assertions(count: number): void;
  /** The test fails unless it makes an assertion. */
  hasAssertions(): void;
  /** Fails. */
  unreachable(message?: string): never;
  /** Adds matchers; declare them by adding to the interface {@link Matchers}. */
  extend(matchers: { [name: string]: (received: any, ...expected: any[]) => { pass: boolean; message?: () => string } }): void;
}

export const expect: Expect;

export {};
