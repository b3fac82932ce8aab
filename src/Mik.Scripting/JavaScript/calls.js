// mik:calls — host.call.

import * as host from "mik:host";
import { parseJson, toJson } from "mik:sdk/bodies.js";
import { rememberHandlerAnswer } from "mik:sdk/answers.js";
import { HostCallError, readCall } from "mik:sdk/calls.js";
import { crossing, kindOf } from "mik:bodies";

const pending = new Map(); // call id → { handler, resolve, reject, site }

function call(handler, options) {
  // The error that may come later is made when nothing of the script is on the stack any more.
  const site = new Error().stack;
  return new Promise((resolve, reject) => {
    const { method, path, headers, timeoutMs, content, contentType } = readCall(handler, options);
    const crossed = crossing(content);
    const id = host.call(
      handler, method, path, headers.length > 0 ? toJson(headers) : "", contentType, timeoutMs ?? -1, kindOf(crossed), crossed);
    if (typeof id === "string") {
      throw new TypeError(`host.call: ${id}`);
    }

    pending.set(id, { handler, resolve, reject, site });
  });
}

// A call was answered or failed: [id, { status, headers, body }, whether the body is JSON] or [id, { code, message, retryAfter? }].
// A binary body comes beside it.
export function settle(json, content) {
  const outcome = parseJson(json);
  const id = outcome[0];
  const answer = outcome[1];
  const { handler, resolve, reject, site } = pending.get(id);
  pending.delete(id);
  const { code } = answer;
  if (code !== undefined) {
    const { message, retryAfter } = answer;
    const error = new HostCallError(code, handler, message, { retryAfter });
    error.stack = site;
    reject(error);
    return;
  }

  if (content !== undefined) {
    answer.body = new Uint8Array(content);
  }

  rememberHandlerAnswer(answer, outcome[2]);
  resolve(answer);
}

export const hostObject = Object.freeze({ call });
