// mik:driver — answers one request: the runtime calls `start` once, then `settle` and `fire` as calls are answered and timers fall
// due, until this module has called `answer` or `fail`. Between those calls nothing of the script is on the stack.

import * as host from "mik:host";
import * as text from "mik:text";
import * as timers from "mik:timers";
import * as random from "mik:random";
import * as console from "mik:console";
import * as abort from "mik:abort";
import * as clone from "mik:clone";
import * as older from "mik:older";
import "mik:url";
import { beginRun } from "mik:run";
import { inspect } from "mik:inspect";
import { handlerOf, isJsonAnswer, toAnswer } from "mik:sdk/answers.js";
import { headerPairs, parseJson, toJson, writeBody } from "mik:sdk/bodies.js";
import { HostCallError } from "mik:sdk/calls.js";
import { crossing } from "mik:bodies";
import { hostObject, settle } from "mik:calls";

for (const module of [text, timers, random, console, abort, clone]) {
  for (const [name, value] of Object.entries(module.globals)) {
    Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

// The clock QuickJS read when it started is of no use: it started long before the request did.
const performance = { now: () => host.now(), get timeOrigin() { return Date.now() - host.now(); } };
Object.defineProperty(globalThis, "performance", { value: performance, writable: true, enumerable: false, configurable: true });

older.defineHost();

let entry;
let isOlder = false;

// The objects that a request usually brings or makes, kept from before the first one: QuickJS then knows their names and shapes, which it would
// otherwise make anew for every request. As objects come about one property after the other, so do these.
const familiar = [
  ["method", "path", "headers", "query", "body"], // a request
  ["status", "headers", "body"], // an answer
  ["content", "contentType"], // of writeBody
  ["resolve", "reject", "answers", "left"], // Promise.all of calls
  ["code", "message", "retryAfter"],
  ["content-type", "content-length"],
  ["host", "user-agent", "accept", "accept-encoding", "content-type", "content-length", "connection", "authorization", "cookie", "traceparent",
    "tracestate", "x-request-id", "x-forwarded-for"],
].map(names => names.map((_, last) => parseJson(`{${names.slice(0, last + 1).map(name => `"${name}":0`).join()}}`)));

// The script's modules have run; `exports` are those of its own file. Returns the script's dialect.
function setEntry(exports, mayBeOlder) {
  entry = handlerOf(exports.default);
  isOlder = Boolean(mayBeOlder) && older.isOlder(exports);
  if (!isOlder) {
    older.removeHost();
  }

  return typeof entry !== "function" ? "none" : isOlder ? "older" : "current";
}

// The request is { method, path, headers, query, body }; a binary body comes beside it.
function start(json, content) {
  beginRun();
  random.reseed();
  const request = parseJson(json);
  if (content !== undefined) {
    request.body = new Uint8Array(content);
  }

  run(request);
}

async function run(request) {
  try {
    send(isOlder ? await older.serve(entry, request.body) : toAnswer(await entry(request, hostObject)));
  } catch (problem) {
    host.fail(describe(problem));
  }
}

function send(answer) {
  const { status, headers, body } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new RangeError(`An answer's status is a whole number from 200 to 599, not ${status}`);
  }

  const { content, contentType } = writeBody(body, isJsonAnswer(answer));
  const pairs = headerPairs(headers);
  host.answer(status, pairs.length > 0 ? toJson(pairs) : undefined, contentType || undefined, crossing(content));
}

// What the runtime needs to know of something thrown, as JSON. Whatever was thrown, this does not throw.
function describe(problem) {
  const text = value => typeof value === "string" ? value.toWellFormed() : undefined;
  try {
    if (problem instanceof HostCallError) {
      const { message, stack, code, retryAfter } = problem;
      return toJson({ failure: "EscapedHandlerCall", message: text(message), stack: text(stack), code, retryAfter });
    }

    if (problem instanceof Error) {
      const { name, message, stack } = problem;
      return toJson({ failure: "Threw", name: text(name), message: text(message), stack: text(stack) });
    }

    return toJson({ failure: "Threw", message: `threw ${inspect(problem)}` });
  } catch {
    return `{"failure":"Threw","message":"threw a value that cannot be shown"}`;
  }
}

function fireTimer() {
  try {
    timers.fire();
  } catch (problem) {
    host.fail(describe(problem));
  }
}

host.register(start, settle, fireTimer, describe, setEntry);
