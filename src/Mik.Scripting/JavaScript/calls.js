// mik:calls — host.call.

import * as host from "mik:host";
import { parseJson, toJson } from "mik:sdk/bodies.js";
import { rememberHandlerAnswer } from "mik:sdk/answers.js";
import { HostCallError, readCall } from "mik:sdk/calls.js";
import { crossing, parseBody } from "mik:bodies";

const pending = new Map(); // call id → { handler, resolve, reject, site }

function call(handler, options) {
  // The error that may come later is made when nothing of the script is on the stack any more.
  const site = new Error().stack;
  return new Promise((resolve, reject) => {
    const { content, ...request } = readCall(handler, options);
    const id = host.call(toJson(request), ...crossing(content));
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
    const error = new HostCallError(code, handler, message, { retryAfter });
    error.stack = site;
    reject(error);
    return;
  }

  const answer = { status, headers, body: parseBody(body, content) };
  rememberHandlerAnswer(answer, body === "json");
  resolve(answer);
}

export const hostObject = Object.freeze({ call });
