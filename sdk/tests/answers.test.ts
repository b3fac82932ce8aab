import { error, ok, script } from "mik-sdk";
import { createTestHost, createTestRequest } from "mik-sdk/testing";

const answer = (handler: () => unknown) => script(handler)(createTestRequest(), createTestHost());

test("a value is answered as ok does", async () => {
  expect(await answer(() => ({ a: 1 }))).toEqual({ status: 200, headers: {}, body: { a: 1 } });
  expect(await answer(async () => ok([1], { status: 202, headers: { "x-a": "b" } }))).toEqual({ status: 202, headers: { "x-a": "b" }, body: [1] });
  expect((await answer(() => undefined)).status).toBe(204);
});

test("an answer built by hand is sent as it is", async () => {
  expect(await answer(() => ({ status: 418 }))).toMatchObject({ status: 418, headers: {} });
  expect(await answer(() => ({ status: 200, body: "text" }))).toEqual({ status: 200, headers: {}, body: "text" });
  expect((await answer(() => ({ status: 200, more: 1 }))).body).toEqual({ status: 200, more: 1 });
});

test("error is an answer whose body is the problem", async () => {
  expect(await answer(() => error({ status: 409, title: "Out of stock", detail: "tea", sku: "tea" }))).toEqual({
    status: 409,
    headers: { "content-type": "application/problem+json" },
    body: { type: "about:blank", title: "Out of stock", status: 409, detail: "tea", sku: "tea" },
  });
});

test("what the script throws reaches the test", async () => {
  await expect(answer(() => { throw new RangeError("too far"); })).rejects.toThrow("too far");
});

test("script takes a function", () => {
  expect(() => script("text" as any)).toThrow(TypeError);
});
