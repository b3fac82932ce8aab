// What any test needs: tests in suites, and expectations.

type Body = () => unknown;

/** How long a test may take, in milliseconds, alone or among options. */
type Timeout = number | { timeout?: number | undefined };

/** Runs a test for each row. `%s`, `%d`, `%i`, `%f`, `%j`, `%o` in the name show the row's values, `%#` its number, `$name` a member. */
interface Each<Timed extends unknown[]> {
  <Row extends readonly any[] | readonly [any]>(rows: readonly Row[]): (name: string, body: (...row: Row) => unknown, ...timeout: Timed) => void;
  <Row>(rows: readonly Row[]): (name: string, body: (row: Row) => unknown, ...timeout: Timed) => void;
}

export interface Test {
  (name: string, body: Body, timeout?: Timeout): void;
  /** Runs no test of the file but those. */
  only: Test;
  skip: Test;
  /** A test to be written. */
  todo(name: string): void;
  /** Skips where the condition holds. */
  skipIf(condition: unknown): Test;
  /** Skips where the condition does not hold. */
  runIf(condition: unknown): Test;
  each: Each<[timeout?: Timeout]>;
}

export interface Describe {
  (name: string, body: () => void): void;
  only: Describe;
  skip: Describe;
  /** Skips where the condition holds. */
  skipIf(condition: unknown): Describe;
  /** Skips where the condition does not hold. */
  runIf(condition: unknown): Describe;
  each: Each<[]>;
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
  toBeNaN(): R;

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

  toHaveBeenCalled(): R;
  toHaveBeenCalledTimes(expected: number): R;
  toHaveBeenCalledWith(...args: unknown[]): R;
  toHaveBeenLastCalledWith(...args: unknown[]): R;
  /** The first call is number 1. */
  toHaveBeenNthCalledWith(n: number, ...args: unknown[]): R;
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
}

export interface Expect extends Asymmetric {
  (actual: unknown): Expectation;
  /** Anything made by this class; primitive values by theirs. */
  any(type: abstract new (...args: any[]) => unknown): any;
  /** Anything but `null` and `undefined`. */
  anything(): any;
  readonly not: Asymmetric;
}

export const expect: Expect;

export {};
