import type { fn, Mock } from "./mock.js";

/** Mocks, and a clock that moves only when a test moves it. */
export interface Vi {
  fn: typeof fn;
  /** Replaces a method with a mock that calls it, until `mockRestore`. */
  spyOn(object: any, method: PropertyKey): Mock & { mockRestore(): void };
  clearAllMocks(): void;
  resetAllMocks(): void;
  restoreAllMocks(): void;

  /** Takes over timers, `Date` and `performance.now`. The clock stands at `now`, or at the real time. */
  useFakeTimers(options?: { now?: number | Date | undefined }): void;
  useRealTimers(): void;
  setSystemTime(time: number | string | Date): void;
  getTimerCount(): number;
  advanceTimersByTime(milliseconds: number): void;
  /** Moves the clock, and lets what promises have started run between the timers. */
  advanceTimersByTimeAsync(milliseconds: number): Promise<void>;
  runAllTimers(): void;
  runAllTimersAsync(): Promise<void>;
}

export const vi: Vi;
