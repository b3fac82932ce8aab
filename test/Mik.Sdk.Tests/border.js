// What a script sees of bodies that come and go, run by mik and by a test host alike.

import { script, ok } from "mik-sdk";

const sent = [
  {}, { body: null }, { body: "" }, { body: "plain" }, { body: "zero \0 and half \uD800" }, { body: { a: [1, null, { b: "\0" }], left: undefined } }, { body: [] },
  { body: 0 }, { body: false }, { body: new Uint8Array([0, 128, 255]) }, { body: new Uint8Array(0) }, { body: new TextEncoder().encode("[1]").buffer },
  { body: new Date(0) }, { body: "[1]" }, { body: "[1]", headers: { "Content-Type": "application/json" } }, { body: { a: 1 }, headers: { "content-type": "text/plain" } },
  { body: "x", headers: { "content-type": "application/octet-stream" } },
];

function seen(body) {
  const bytes = body instanceof Uint8Array;
  return { kind: body === null ? "null" : bytes ? "bytes" : typeof body, body: bytes ? [...body] : body };
}

async function outcome(promise) {
  try {
    const { status, body } = await promise;
    return [status, ok(body).status, seen(body)];
  } catch (problem) {
    return problem.name;
  }
}

export default script(async (req, host) => ({
  body: seen(req.body),
  query: req.query,
  headers: req.headers,
  echoed: await Promise.all(sent.map(options => outcome(host.call("echo", { method: "POST", ...options })))),
  answered: await Promise.all(Array.from({ length: Number(req.query.answers ?? 0) }, (_, n) => outcome(host.call("canned", { path: `/${n}` })))),
  refused: await Promise.all([host.call(""), host.call(1), host.call("echo", { timeoutMs: "1" }), host.call("echo", { timeoutMs: -1 })].map(outcome)),
}));
