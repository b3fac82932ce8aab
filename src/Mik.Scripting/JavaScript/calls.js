// mik:calls — host.call, and Promise.all of such calls.

import * as host from "mik:host";
import { parseJson, toJson } from "mik:sdk/bodies.js";
import { rememberHandlerAnswer } from "mik:sdk/answers.js";
import { HostCallError, readCall } from "mik:sdk/calls.js";
import { crossing } from "mik:bodies";

const pending = []; // call id → { promise, resolve, reject, handler, gathering, place }
let made = 0;

function call(handler, options) {
  const started = Promise.withResolvers();
  started.handler = handler;
  started.gathering = undefined;
  started.place = 0;
  try {
    const { method, path, headers, timeoutMs, content, contentType } = readCall(handler, options);
    const id = made++;
    pending[id] = started;
    const problem = host.call(
      id, handler, method, path, headers.length > 0 ? toJson(headers) : undefined, contentType || undefined, timeoutMs ?? -1, crossing(content));
    if (problem !== undefined) {
      throw new TypeError(`host.call: ${problem}`);
    }
  } catch (mistake) {
    started.reject(mistake);
  }

  return started.promise;
}

// A call was answered or failed: [id, { status, headers, body }, whether the body is JSON] or [id, { code, message, retryAfter? }].
// A binary body comes beside it.
export function settle(json, content) {
  const outcome = parseJson(json);
  const id = outcome[0];
  const answer = outcome[1];
  const { promise, handler, resolve, reject, gathering, place } = pending[id];
  pending[id] = undefined;
  const { code } = answer;
  if (code !== undefined) {
    const { message, retryAfter } = answer;
    const error = new HostCallError(code, handler, message, { retryAfter });

    // Nothing of the script is on the stack here. An error without a stack of its own gets one where it is thrown: at the script's await.
    delete error.stack;
    if (gathering !== undefined) {
      apply(then, promise, [undefined, () => {}]); // whoever gathers listens
    }

    reject(error);
    gathering?.reject(error);
    return;
  }

  if (content !== undefined) {
    answer.body = new Uint8Array(content);
  }

  rememberHandlerAnswer(answer, outcome[2]);
  resolve(answer);
  if (gathering !== undefined) {
    gathering.answers[place] = answer;
    if (--gathering.left === 0) {
      gathering.resolve(gathering.answers);
    }
  }
}

const { apply } = Reflect;
const { isArray } = Array;
const { values } = Array.prototype;
const { then } = Promise.prototype;
const { all, resolve } = Promise;

// Promise.all of the calls made last, still under way, when nothing has been put in the place of what it uses: undefined otherwise. Each call
// then tells its answer itself, which saves two promises and three functions for each: a tenth of what two calls cost. Between the runtime's
// entries no job waits, so that nobody sees that it takes one job less.
function gather(list) {
  if (!isArray(list) || list.length === 0 || list[Symbol.iterator] !== values || Promise.resolve !== resolve) {
    return undefined;
  }

  const first = pending.length - list.length;
  for (let i = 0; i < list.length; i++) {
    const call = pending[first + i];
    const promise = list[i];
    if (call?.promise !== promise || call.gathering !== undefined || promise.then !== then || promise.constructor !== Promise) {
      return undefined;
    }
  }

  const gathering = Promise.withResolvers();
  gathering.answers = [];
  gathering.left = list.length;
  for (let i = 0; i < list.length; i++) {
    const call = pending[first + i];
    call.gathering = gathering;
    call.place = i;
    gathering.answers[i] = undefined;
  }

  return gathering.promise;
}

const replacement = {
  all(list) {
    return (this === Promise ? gather(list) : undefined) ?? apply(all, this, [list]);
  },
};
Object.defineProperty(Promise, "all", { value: replacement.all, writable: true, enumerable: false, configurable: true });

// What an error has that was caught before anything threw it.
Object.defineProperty(HostCallError.prototype, "stack", { value: "", writable: true, enumerable: false, configurable: true });

export const hostObject = Object.freeze({ call });
