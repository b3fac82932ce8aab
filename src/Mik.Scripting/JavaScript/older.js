// mik:older — the dialect from before (req, host): `export default function (input) { … }`, a global `host` whose `call` waits and
// returns the answer itself, and an envelope around every result.

import * as host from "mik:host";
import { parseJson, toJson } from "mik:sdk/bodies.js";
import { crossingName } from "mik:bodies";
import { requireRun } from "mik:run";

const sourceOf = Function.prototype.call.bind(Function.prototype.toString);

// The only functions the dialect knew: arrows, generators and classes were errors.
const Plain = /^(?:async\s+)?function\s*[^*\s]/;

let calls = 0;

// Whether the exports of a file without imports are those of a script of this dialect.
export function isOlder(exports) {
  const entry = exports.default;
  return Object.keys(exports).length === 1 && typeof entry === "function" && entry.length <= 1 && Plain.test(sourceOf(entry));
}

// What is no string was never an error, only not looked at.
function textOr(value, fallback) {
  return typeof value === "string" ? crossingName(value.toWellFormed()) : fallback;
}

function textPairs(headers) {
  return typeof headers === "object" && headers !== null && !Array.isArray(headers)
    ? Object.entries(headers).filter(([, value]) => typeof value === "string")
    : [];
}

function call(handler, options) {
  requireRun("host.call");
  calls++;
  const { method, path, headers, body } = options || {};
  const content = toJson(body);
  const hasBody = content !== undefined;
  const answer = host.callNow(
    crossingName(String(handler)),
    textOr(method, "POST"),
    textOr(path, "/"),
    toJson(textPairs(headers)),
    hasBody ? "application/json" : "",
    -1,
    content);
  return parseJson(answer);
}

// There while modules load, so that they can refer to it; scripts of the newer dialect get theirs as an argument.
export function defineHost() {
  Object.defineProperty(globalThis, "host", { value: { call }, writable: true, enumerable: false, configurable: true });
}

export function removeHost() {
  delete globalThis.host;
}

// What JSON leaves out was null to the dialect's clients.
function nothingToNull(key, value) {
  return value === undefined || typeof value === "function" || typeof value === "symbol" ? null : value;
}

export async function serve(entry, input) {
  globalThis.input = input;
  const result = await entry(input);
  const body = toJson({ result, calls_executed: calls }, nothingToNull);
  return { status: 200, headers: { "content-type": "application/json" }, body };
}
