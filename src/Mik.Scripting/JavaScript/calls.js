// mik:calls — host.call.

import * as host from "mik:host";
import { parseJson, toJson } from "mik:host";
import { rememberHandlerAnswer } from "mik:answers";
import { parseBody, writeBody, headerPairs, isNoBody } from "mik:bodies";

class HandlerCallError extends Error {
  constructor(message, code, handler, retryAfter) {
    super(message);
    this.code = code;
    this.handler = handler;
    if (retryAfter !== undefined) {
      this.retryAfter = retryAfter;
    }
  }
}

HandlerCallError.prototype.name = "HandlerCallError";

const pending = new Map(); // call id → { handler, resolve, reject, site }

export function isHandlerCallError(value) {
  return value instanceof HandlerCallError;
}

function call(handler, options) {
  // The error that may come later is made when nothing of the script is on the stack any more.
  const site = new Error().stack;
  return new Promise((resolve, reject) => {
    if (typeof handler !== "string" || handler === "") {
      throw new TypeError("host.call takes the name of a handler");
    }

    const { method = "GET", path = "/", headers, body, timeoutMs } = options ?? {};
    if (timeoutMs !== undefined && !(typeof timeoutMs === "number" && timeoutMs >= 0)) {
      throw new TypeError("host.call: timeoutMs must be a number of milliseconds");
    }

    const { kind, type, content } = writeBody(isNoBody(body) ? undefined : body, typeof body !== "string");
    const request = toJson({
      handler,
      method: String(method),
      path: String(path),
      headers: headerPairs(headers),
      contentType: type,
      timeoutMs: timeoutMs === Infinity ? undefined : timeoutMs,
    });
    const id = host.call(request, kind, content);
    if (typeof id === "string") {
      throw new TypeError(`host.call: ${id}`);
    }

    pending.set(id, { handler, resolve, reject, site });
  });
}

// A call was answered or failed.
export function settle(id, json, content) {
  const { handler, resolve, reject, site } = pending.get(id);
  pending.delete(id);
  const { status, headers, body, code, message, retryAfter } = parseJson(json);
  if (code !== undefined) {
    const error = new HandlerCallError(message, code, handler, retryAfter);
    error.stack = site;
    reject(error);
    return;
  }

  const answer = { status, headers, body: parseBody(body, content) };
  rememberHandlerAnswer(answer, body === "json");
  resolve(answer);
}

export const hostObject = Object.freeze({ call });
