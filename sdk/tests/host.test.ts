import { HostCallError, ok, script } from "mik-sdk";
import { createTestHost, createTestRequest, fail } from "mik-sdk/testing";

const codes = ["MODULE_NOT_FOUND", "CIRCUIT_OPEN", "RATE_LIMITED", "TIMEOUT", "HANDLER_ERROR"] as const;

async function rejection(promise: Promise<unknown>): Promise<any> {
  return promise.then(() => { throw new Error("the call resolved"); }, (error) => error);
}

describe("replies", () => {
  test("have status 200 and no body unless they say otherwise", async () => {
    const host = createTestHost({ a: {}, b: { status: 404, headers: { "X-Reason": ["gone", "sold"] }, body: { sku: "tea" } } });

    expect(await host.call("a")).toEqual({ status: 200, headers: {}, body: null });
    expect(await host.call("b")).toEqual({
      status: 404,
      headers: { "content-type": "application/json", "x-reason": "gone, sold" },
      body: { sku: "tea" },
    });
  });

  test("come from functions that see the call and its number", async () => {
    const host = createTestHost({ stock: (call, n) => ({ status: 200 + n, body: { sku: call.body.sku, n } }) });

    const first = await host.call("stock", { method: "POST", body: { sku: "tea" } });
    const second = await host.call("stock", { method: "POST", body: { sku: "cup" } });

    expect([first.status, first.body]).toEqual([201, { sku: "tea", n: 1 }]);
    expect([second.status, second.body]).toEqual([202, { sku: "cup", n: 2 }]);
  });

  test("cross the border as JSON, text or bytes", async () => {
    const shared = { list: [1], left: undefined as unknown, when: new Date(0) };
    const host = createTestHost({
      json: { body: shared },
      text: { body: "plain" },
      bytes: { body: new Uint8Array([0, 255]) },
      typed: { headers: { "Content-Type": "application/json" }, body: '{"a":1}' },
      guessed: { body: new TextEncoder().encode("[1]") },
      broken: { headers: { "content-type": "application/json" }, body: "not JSON" },
    });

    const json = (await host.call("json")).body;
    expect(json).toStrictEqual({ list: [1], when: "1970-01-01T00:00:00.000Z" });
    expect(json.list).not.toBe(shared.list);
    expect((await host.call("text")).body).toBe("plain");
    expect([...(await host.call<Uint8Array>("bytes")).body]).toEqual([0, 255]);
    expect((await host.call("typed")).body).toEqual({ a: 1 });
    expect((await host.call("guessed")).body).toEqual([1]);
    expect((await host.call("broken")).body).toBe("not JSON");
  });

  test("lend their status to ok()", async () => {
    const host = createTestHost({ orders: { status: 201, body: { id: 7 } } });
    const order = script(async (req, host) => ok((await host.call("orders")).body));

    expect(await order(createTestRequest(), host)).toMatchObject({ status: 201, body: { id: 7 } });
  });

  test("that are none are the test's mistake", async () => {
    const host = createTestHost({ a: (() => "text") as any });

    expect((await rejection(host.call("a"))).message).toContain("must answer with { status, headers, body } or fail(code)");
  });
});

describe("recorded calls", () => {
  test("hold what the handler saw", async () => {
    const host = createTestHost({ a: {} });
    const body = { when: new Date(0) };

    await host.call("a", { method: "PUT", path: "/x?q=1&q=2&r=%20", headers: { "X-A": "1" }, body });

    expect(host.calls).toEqual([{
      handler: "a",
      method: "PUT",
      path: "/x?q=1&q=2&r=%20",
      query: { q: "1", r: " " },
      headers: { "x-a": "1", "content-type": "application/json" },
      body: { when: "1970-01-01T00:00:00.000Z" },
    }]);
  });

  test("are in the order they were made, those of unknown handlers too", async () => {
    const host = createTestHost({ a: { delayMs: 5 }, b: {} });

    await Promise.allSettled([host.call("a"), host.call("b"), host.call("c")]);

    expect(host.calls.map((call) => call.handler)).toEqual(["a", "b", "c"]);
  });
});

describe("failures", () => {
  test.each(codes)("%s rejects as in production", async (code) => {
    const host = createTestHost({ a: fail(code, { retryAfter: 3 }), b: fail(code, { message: "because" }) });

    const error = await rejection(host.call("a"));
    expect(error).toBeInstanceOf(HostCallError);
    expect([error.name, error.code, error.handler, error.retryAfter]).toEqual(["HostCallError", code, "a", 3]);
    expect((await rejection(host.call("b"))).message).toBe("because");
  });

  test("have one of the known codes", () => {
    expect(() => fail("BROKEN" as any)).toThrow("the codes are MODULE_NOT_FOUND");
  });

  test("may come from a function, for some of the calls", async () => {
    const host = createTestHost({ a: (_, n) => (n === 1 ? fail("RATE_LIMITED") : { body: n }) });

    expect((await rejection(host.call("a"))).code).toBe("RATE_LIMITED");
    expect((await host.call("a")).body).toBe(2);
  });

  test("of the test itself pass through as they are", async () => {
    const mistake = new Error("expected something else");
    const host = createTestHost({ a: () => { throw mistake; } });

    expect(await rejection(host.call("a"))).toBe(mistake);
  });

  test("of unknown handlers have no code that a script could take for theirs", async () => {
    const error = await rejection(createTestHost({ stock: {}, prices: {} }).call("stok"));

    expect(error.message).toBe('host.call("stok"): this test host has no such handler; it has stock, prices');
    expect(error.code).toBe(undefined);
    expect((await rejection(createTestHost().call("toString"))).message).toContain("it has none");
  });

  test("of calls that make no sense are TypeErrors", async () => {
    const host = createTestHost({ a: {} });

    expect(await rejection(host.call(""))).toBeInstanceOf(TypeError);
    expect(await rejection(host.call("a", { timeoutMs: "soon" as any }))).toBeInstanceOf(TypeError);
    expect(host.calls).toEqual([]);
  });
});

describe("time", () => {
  test("is what delayMs says", async () => {
    const host = createTestHost({ slow: { delayMs: 20, body: "slow" }, quick: { body: "quick" } });
    const order: string[] = [];

    await Promise.all(["slow", "quick"].map(async (name) => order.push((await host.call(name)).body)));

    expect(order).toEqual(["quick", "slow"]);
  });

  test("runs out after timeoutMs", async () => {
    const host = createTestHost({ slow: { delayMs: 60_000 }, stuck: () => new Promise<never>(() => {}), quick: {} });

    expect((await rejection(host.call("slow", { timeoutMs: 5 }))).code).toBe("TIMEOUT");
    expect((await rejection(host.call("stuck", { timeoutMs: 5 }))).code).toBe("TIMEOUT");
    expect((await host.call("quick", { timeoutMs: 60_000 })).status).toBe(200);
  });
});
