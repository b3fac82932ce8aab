import type { fn, Mock } from "./mock.js";

/** Mocks, and a clock that moves only when a test moves it. */
export interface Vi {
  fn: typeof fn;
  /** Replaces a method with a mock that calls it, until `mockRestore`. */
  spyOn<T extends object, K extends keyof T>(object: T, method: K): T[K] extends (...args: any[]) => any ? Mock<T[K]> : never;
  isMockFunction(value: unknown): value is Mock;
  clearAllMocks(): void;
  resetAllMocks(): void;
  restoreAllMocks(): void;

  /** Takes over timers, `Date` and `performance.now`. The clock stands at `now`, or at the real time. */
  useFakeTimers(options?: { now?: number | Date | undefined }): void;
  /** Gives the clock back. Timers that have not fired never will. */
  useRealTimers(): void;
  isFakeTimers(): boolean;
  /** Moves the date, and no timer. */
  setSystemTime(time: number | string | Date): void;
  /** The date of the fake clock; `null` when the clock is real. */
  getMockedSystemTime(): Date | null;
  /** Milliseconds since 1970, of the real clock. */
  getRealSystemTime(): number;
  getTimerCount(): number;
  clearAllTimers(): void;

  /** Fires what falls due in that time. */
  advanceTimersByTime(milliseconds: number): void;
  advanceTimersToNextTimer(): void;
  /** Fires all timers, and those that they set; 10000 at most. */
  runAllTimers(): void;
  /** Fires the timers that are set now. */
  runOnlyPendingTimers(): void;
  // The same, with what promises have started run between the timers.
  advanceTimersByTimeAsync(milliseconds: number): Promise<void>;
  advanceTimersToNextTimerAsync(): Promise<void>;
  runAllTimersAsync(): Promise<void>;
  runOnlyPendingTimersAsync(): Promise<void>;
}

export const vi: Vi;
