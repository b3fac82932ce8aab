// createTestHost: handlers that answer what the test says, behind the border that real ones are behind.

import { rememberHandlerAnswer } from "../answers.js";
import { HostCallError, readCall } from "../calls.js";
import { realCall } from "./invoke.js";
import { fieldsOf, received } from "./received.js";

const failures = {
  MODULE_NOT_FOUND: "there is no such handler",
  CIRCUIT_OPEN: "its circuit breaker is open",
  RATE_LIMITED: "its concurrency limit is reached",
  TIMEOUT: "its time ran out",
  HANDLER_ERROR: "it trapped, ran out of memory, or returned no response",
};

export function isFailureCode(code) {
  return typeof code === "string" && Object.hasOwn(failures, code);
}

class Failure {
  constructor(code, { message, retryAfter, delayMs }) {
    Object.assign(this, { code, message, retryAfter, delayMs });
  }

  errorFor(handler) {
    return new HostCallError(this.code, handler, this.message ?? `${handler}: ${failures[this.code]}`, this);
  }
}

// A reply that makes the call reject.
export function fail(code, options = {}) {
  if (!isFailureCode(code)) {
    throw new TypeError(`fail("${code}"): the codes are ${Object.keys(failures).join(", ")}`);
  }

  return new Failure(code, options);
}

// `handlers` has a reply, or a function of (call, n) that returns one, for each name; n counts the calls of that handler from 1.
export function createTestHost(handlers = {}) {
  const calls = [];

  async function call(handler, options) {
    const { recorded, timeoutMs } = readCall(handler, options, record, handler);
    calls.push(recorded);
    if (!Object.hasOwn(handlers, handler)) {
      const real = realCall();
      if (real !== undefined) {
        return await real(handler, options);
      }

      // Deliberately without a code: a script that deals with missing handlers must not hide a typing error of its test.
      const known = Object.keys(handlers).join(", ");
      throw new Error(`host.call("${handler}"): this test host has no such handler; it has ${known === "" ? "none" : known}`);
    }

    const n = calls.filter(one => one.handler === handler).length;
    return answer(handler, await withinTime(() => replyOf(handlers[handler], recorded, n), handler, timeoutMs));
  }

  return { call, calls };
}

function record(handler, method, path, headers, timeoutMs, content, contentType) {
  const message = received(withType(headers, contentType), content, "answer");
  const query = fieldsOf(path.split(/\?(.*)/s)[1]);
  return { recorded: { handler, method, path, query, headers: message.headers, body: message.body }, timeoutMs };
}

function withType(headers, contentType) {
  const hasType = contentType === "" || headers.some(([name]) => name.toLowerCase() === "content-type");
  return hasType ? headers : [...headers, ["content-type", contentType]];
}

async function replyOf(handler, call, n) {
  const reply = typeof handler === "function" ? await handler(call, n) : handler;
  if (reply?.delayMs > 0) {
    await new Promise(resolve => setTimeout(resolve, reply.delayMs));
  }

  return reply;
}

async function withinTime(work, handler, timeoutMs) {
  if (timeoutMs === undefined) {
    return await work();
  }

  let timer;
  const timedOut = new Promise((resolve, reject) => {
    timer = setTimeout(() => reject(fail("TIMEOUT", { message: `${handler} did not answer within ${timeoutMs} ms` }).errorFor(handler)), timeoutMs);
  });
  try {
    return await Promise.race([work(), timedOut]);
  } finally {
    clearTimeout(timer);
  }
}

function answer(handler, reply) {
  if (reply instanceof Failure) {
    throw reply.errorFor(handler);
  }

  if (typeof reply !== "object" || reply === null) {
    throw new TypeError(`The test host's ${handler} must answer with { status, headers, body } or fail(code)`);
  }

  const { isJson, ...message } = received(reply.headers, reply.body, "answer");
  const result = { status: reply.status ?? 200, ...message };
  rememberHandlerAnswer(result, isJson);
  return result;
}
