// Calls the script's function itself, with a host that answers what each test says. Runs under `mik test` and under vitest alike.
import { createTestHost, createTestRequest, fail } from "mik-sdk/testing";
import checkout from "./checkout";

const tea = { sku: "tea", quantity: 2 };

function cart(items: unknown = [tea], token = "demo") {
  return createTestRequest({ method: "POST", path: "/script/checkout", body: { token, items } });
}

// A shop in which everything goes well; each test changes what it is about.
function shop(handlers = {}) {
  return createTestHost({
    auth: { status: 200, body: { customer: "ann" } },
    inventory: { status: 200, body: { sku: "tea", quantity: 12 } },
    pricing: { status: 200, body: { sku: "tea", price: 450 } },
    orders: { status: 201, body: { id: "ord_1", customer: "ann", total: 900 } },
    ...handlers,
  });
}

test("sells what is there", async () => {
  const host = shop();
  const answer = await checkout(cart(), host);

  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    order: "ord_1",
    customer: "ann",
    items: [{ sku: "tea", quantity: 2, price: 450, amount: 900 }],
    total: 900,
  });
  expect(host.calls.map((call) => call.handler)).toEqual(["auth", "inventory", "pricing", "orders"]);
});

describe("says no", () => {
  test("to strangers, before it asks anybody else", async () => {
    const host = shop({ auth: { status: 401, body: { error: "unknown token" } } });
    const answer = await checkout(cart([tea], "other"), host);

    expect(answer).toMatchObject({ status: 401, body: { title: "Not signed in", detail: "unknown token" } });
    expect(host.calls).toHaveLength(1);
  });

  test("when there is too little, and how much is left", async () => {
    const answer = await checkout(cart(), shop({ inventory: { status: 200, body: { quantity: 1 } } }));

    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ title: "Out of stock", sku: "tea", available: 1 });
  });

  test("when nobody knows the item", async () => {
    const answer = await checkout(cart([{ sku: "hat", quantity: 1 }]), shop({ pricing: { status: 404, body: { error: "unknown" } } }));

    expect(answer.body).toHaveProperty("detail", "We do not sell hat.");
  });

  test.each([
    ["no items", []],
    ["a quantity of 0", [{ sku: "tea", quantity: 0 }]],
    ["half a cup", [{ sku: "cup", quantity: 0.5 }]],
    ["no sku", [{ quantity: 1 }]],
  ])("to a cart with %s", async (_, items) => {
    const host = shop();
    const answer = await checkout(cart(items), host);

    expect(answer).toMatchObject({ status: 400, body: { title: "Malformed cart" } });
    expect(host.calls).toEqual([]);
  });
});

test("asks for stock and price of all lines at the same time", async () => {
  vi.useFakeTimers();
  try {
    const slowly = (body: unknown) => ({ status: 200, body, delayMs: 1000 });
    const host = shop({ inventory: slowly({ quantity: 12 }), pricing: slowly({ price: 450 }) });
    const answer = checkout(cart([tea, { sku: "cup", quantity: 1 }]), host);

    // Four calls of a second each: together they take one.
    await vi.advanceTimersByTimeAsync(1000);
    expect((await answer).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

test("leaves a handler that gives no answer to the runtime", async () => {
  await expect(checkout(cart(), shop({ pricing: fail("TIMEOUT") }))).rejects.toMatchObject({ code: "TIMEOUT", handler: "pricing" });
});
