// Meets the script as a client does: invoke() runs it in an instance of its own, with the limits and the rules it is served with. Only
// `mik test` can do that; other runners skip these tests.
import { canInvoke, createTestHost, createTestRequest, fail, invoke, realCall } from "mik-sdk/testing";

const request = createTestRequest({
  method: "POST",
  path: "/script/checkout",
  body: { token: "demo", items: [{ sku: "tea", quantity: 2 }] },
});

describe.skipIf(!canInvoke())("/script/checkout", () => {
  test("turns a handler that gives no answer into a problem", async () => {
    const host = createTestHost({ auth: fail("CIRCUIT_OPEN", { retryAfter: 7 }) });
    const answer = await invoke("checkout", request, host);

    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "7" });
    expect(answer.body).toMatchObject({ type: "urn:mik:error:call-circuit-open" });
  });

  // mik test samples/shop --against samples/shop/modules
  test.skipIf(realCall() === undefined)("sells tea with the real handlers", async () => {
    const answer = await invoke("checkout", request);

    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ customer: "demo-customer", total: 900 });
  });

  test.skipIf(realCall() === undefined)("notices when one of the real handlers fails", async () => {
    const answer = await invoke("checkout", request, createTestHost({ orders: fail("HANDLER_ERROR") }));

    expect(answer.status).toBe(502);
  });
});
