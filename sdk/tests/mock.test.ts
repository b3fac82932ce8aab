import { createTestHost, fn, vi, type Mock } from "mik-sdk/testing";

test("a mock remembers its calls", () => {
  const double: Mock<(n: number) => number> = fn((n: number) => 2 * n);

  expect([double(1), double(2)]).toEqual([2, 4]);
  expect(double).toHaveBeenCalledTimes(2);
  expect(double).toHaveBeenNthCalledWith(1, 1);
  expect(double.mock.calls).toEqual([[1], [2]]);
});

test("a mock does what it is told", async () => {
  const load = fn<() => Promise<string>>().mockResolvedValue("always").mockResolvedValueOnce("once");

  expect([await load(), await load()]).toEqual(["once", "always"]);
  vi.clearAllMocks();
  expect(load).not.toHaveBeenCalled();
});

test("a mock can be a handler", async () => {
  const pricing = fn(() => ({ body: { price: 7 } }));
  const host = createTestHost({ pricing });

  expect((await host.call("pricing", { body: { sku: "tea" } })).body.price).toBe(7);
  expect(pricing).toHaveBeenCalledWith(expect.objectContaining({ body: { sku: "tea" } }), 1);
});

describe("a fake clock", () => {
  beforeEach(() => { vi.useFakeTimers(); });
  afterEach(() => { vi.useRealTimers(); });

  test("lets slow handlers answer at once", async () => {
    const host = createTestHost({ slow: { delayMs: 3_600_000, body: "late" } });
    const answer = host.call("slow");

    await vi.advanceTimersByTimeAsync(3_600_000);

    expect((await answer).body).toBe("late");
  });

  test("lets time run out at once", async () => {
    const outcome = createTestHost({ slow: { delayMs: 3_600_000 } }).call("slow", { timeoutMs: 60_000 }).catch((error) => error.code);

    await vi.advanceTimersByTimeAsync(60_000);

    expect(await outcome).toBe("TIMEOUT");
  });
});
