import * as runner from "mik-sdk/testing";

runner.describe("the runner's functions", () => {
  const order: string[] = [];
  runner.beforeAll(() => { order.push("all"); });
  runner.beforeEach(() => { order.push("each"); });

  runner.test("are those of the runner that is there", () => {
    runner.expect(order).toEqual(["all", "each"]);
    runner.expect({ a: 1 }).toEqual({ a: runner.expect.any(Number) });
  });

  runner.it.skip("with what hangs on them", () => {
    throw new Error("skipped tests do not run");
  });

  runner.test.each([[1, 2], [2, 4]])("with tables: %d", (one, two) => {
    runner.expect(one * 2).toBe(two);
  });
});
