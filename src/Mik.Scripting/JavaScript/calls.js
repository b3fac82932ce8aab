// mik:calls — host.call.

import * as host from "mik:host";
import { parseJson, toJson } from "mik:sdk/bodies.js";
import { rememberHandlerAnswer } from "mik:sdk/answers.js";
import { HostCallError, readCall } from "mik:sdk/calls.js";
import { crossing, kindOf } from "mik:bodies";

const pending = new Map(); // call id → { handler, resolve, reject }

function call(handler, options) {
  return new Promise((resolve, reject) => {
    const { method, path, headers, timeoutMs, content, contentType } = readCall(handler, options);
    const crossed = crossing(content);
    const id = host.call(
      handler, method, path, headers.length > 0 ? toJson(headers) : undefined, contentType || undefined, timeoutMs ?? -1, kindOf(crossed), crossed);
    if (typeof id === "string") {
      throw new TypeError(`host.call: ${id}`);
    }

    pending.set(id, { handler, resolve, reject });
  });
}

// A call was answered or failed: [id, { status, headers, body }, whether the body is JSON] or [id, { code, message, retryAfter? }].
// A binary body comes beside it.
export function settle(json, content) {
  const outcome = parseJson(json);
  const id = outcome[0];
  const answer = outcome[1];
  const { handler, resolve, reject } = pending.get(id);
  pending.delete(id);
  const { code } = answer;
  if (code !== undefined) {
    const { message, retryAfter } = answer;
    const error = new HostCallError(code, handler, message, { retryAfter });

    // Nothing of the script is on the stack here. An error without a stack of its own gets one where it is thrown: at the script's await.
    delete error.stack;
    reject(error);
    return;
  }

  if (content !== undefined) {
    answer.body = new Uint8Array(content);
  }

  rememberHandlerAnswer(answer, outcome[2]);
  resolve(answer);
}

// What an error has that was caught before anything threw it.
Object.defineProperty(HostCallError.prototype, "stack", { value: "", writable: true, enumerable: false, configurable: true });

export const hostObject = Object.freeze({ call });
