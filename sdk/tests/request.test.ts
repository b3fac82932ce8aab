import { createTestRequest } from "mik-sdk/testing";

test("is a GET of / without anything", () => {
  expect(createTestRequest()).toEqual({ method: "GET", path: "/", query: {}, headers: {}, body: null });
});

test("is a POST of JSON with a body", () => {
  const body = { when: new Date(0), left: undefined };

  expect(createTestRequest({ path: "/script/x", body })).toEqual({
    method: "POST",
    path: "/script/x",
    query: {},
    headers: { "content-type": "application/json" },
    body: { when: "1970-01-01T00:00:00.000Z" },
  });
});

test("has a query from its path and its own, of which the latter wins", () => {
  const request = createTestRequest({ path: "/x?a=1&a=2&b=x%20y+z", query: { b: "own", c: "&", d: undefined } });

  expect([request.path, request.query]).toEqual(["/x", { a: "1", b: "own", c: "&" }]);
});

test("has headers in lower case, repeats joined", () => {
  expect(createTestRequest({ headers: { "X-One": ["1", "2"], "X-Two": 3, "X-Three": undefined } }).headers).toEqual({ "x-one": "1, 2", "x-two": "3" });
});

const form = { "content-type": "application/x-www-form-urlencoded" };

test.each([
  ["a form", form, "a=1&b=x+y&a=2", { a: "1", b: "x y" }],
  ["a form that holds JSON", form, '{"a":1}', { a: 1 }],
  ["JSON of another type", { "content-type": "application/problem+json; charset=utf-8" }, "[1]", [1]],
  ["text", {}, "plain", "plain"],
  ["text that looks like JSON", {}, "[1]", "[1]"],
  ["XML", { "content-type": "image/svg+xml" }, "<svg/>", "<svg/>"],
  ["nothing", {}, "", null],
])("has a body as its content type says: %s", (_, headers, body, expected) => {
  expect(createTestRequest({ headers, body }).body).toEqual(expected);
});

test("has bytes of a type that is none of the known ones, or compressed", () => {
  const image = createTestRequest({ headers: { "content-type": "image/png" }, body: "ab" }).body;
  const compressed = createTestRequest({ headers: { "content-encoding": "gzip" }, body: { a: 1 } }).body;

  expect([image instanceof Uint8Array, [...image]]).toEqual([true, [97, 98]]);
  expect(compressed instanceof Uint8Array).toBe(true);
});

test("is refused where the runtime would answer 400", () => {
  expect(() => createTestRequest({ headers: { "content-type": "application/json" }, body: "{" })).toThrow("The body is not JSON");
});
