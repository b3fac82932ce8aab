// What host.call takes and how it fails.

import { writeBody, headerPairs } from "./bodies.js";

// The call was not answered at all; `code` says why. Any status that a handler answered is an answer, not an error.
export class HostCallError extends Error {
  constructor(code, handler, message = `host.call("${handler}"): ${code}`, { retryAfter } = {}) {
    super(message);
    this.code = code;
    this.handler = handler;
    if (retryAfter !== undefined) {
      this.retryAfter = retryAfter;
    }
  }
}

Object.defineProperty(HostCallError.prototype, "name", { value: "HostCallError", writable: true, configurable: true });

// Hands the arguments of host.call, as what is to be sent, to `send`: (call, method, path, headers, timeoutMs, content, contentType). Throws where
// they make no sense. Every call comes this way, and an object with six properties costs ten times as much as six arguments.
export function readCall(handler, options, send, call) {
  if (typeof handler !== "string" || handler === "") {
    throw new TypeError("host.call takes the name of a handler");
  }

  const { method = "GET", path = "/", headers, body, timeoutMs } = options ?? {};
  if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0)) {
    throw new TypeError("host.call: timeoutMs must be a number of milliseconds");
  }

  const methodText = typeof method === "string" ? method : String(method);
  const pathText = typeof path === "string" ? path : String(path);
  if ((methodText + pathText).includes("\0")) {
    throw new TypeError("host.call: neither a method nor a path contains U+0000");
  }

  const { content, contentType } = writeBody(body ?? undefined, typeof body !== "string");
  return send(
    call,
    methodText,
    pathText,
    headerPairs(headers),
    timeoutMs === Infinity ? undefined : timeoutMs,
    content,
    contentType);
}
