// mik:testing — the test runner's side inside the virtual machine. Takes the driver's place: the runtime calls `prepare`, evaluates the
// test file, calls `run`, and then whatever the tests wait for wakes them. C# side: TestVm.

import { register } from "mik:host";
import { fire } from "mik:timers";
import { hostObject, settle } from "mik:calls";
import { removeHost } from "mik:older";
import { beginRun } from "mik:run";
import { reseed } from "mik:random";
import { crossing } from "mik:bodies";
import { isJsonAnswer } from "mik:sdk/answers.js";
import { headerPairs, parseJson, toJson, writeBody } from "mik:sdk/bodies.js";
import { describeError } from "mik:sdk/testing/errors.js";
import { isFailureCode } from "mik:sdk/testing/host.js";
import { giveUp, reportUncaught, run as runTests } from "mik:sdk/testing/run.js";
import { notes } from "mik:sdk/testing/suite.js";
import "mik:testing-globals";
import "mik:sdk/testing/index.js";

const runner = globalThis.__mikTesting;
delete globalThis.__mikTesting;
const { setTimeout } = globalThis;

// Where sdk/testing/invoke.js looks for us.
const Runner = Symbol.for("mik.testing");

const report = event => runner.report(toJson(event));

const watcher = {
  plan: tests => report({ kind: "plan", tests }),
  enter: (first, last, name) => report({ kind: "enter", first, last, name }),
  start: index => report({ kind: "start", index }),
  end: (index, state, errors) => report({ kind: "end", index, state, errors }),
  broken: (name, errors) => report({ kind: "broken", name, errors }),
  begin: milliseconds => runner.begin(milliseconds),
  settle: () => new Promise(resolve => setTimeout(resolve, 0)),
};

let options;

// Before the test file is evaluated.
function prepare(optionsJson) {
  options = parseJson(optionsJson);
  globalThis[Runner].call = options.hasHandlers ? hostObject.call : undefined;
  beginRun();
  reseed();
  removeHost();
}

// The test file is being evaluated: `loading` is its namespace or, with top-level awaits, a promise of it.
async function run(loading) {
  try {
    await loading;
    if (notes.firstOnly !== undefined && !options.allowsOnly) {
      const refusal = new Error(".only is refused here (CI is set): the tests it leaves out would go unnoticed");
      refusal.stack = notes.firstOnly;
      throw refusal;
    }

    report({ kind: "loaded" });
    await runTests(options, watcher);
  } catch (problem) {
    report({ kind: "unloadable", errors: [describeError(problem)] });
  }

  report({ kind: "done" });
}

// Something was thrown, or a promise rejected, where nobody listens.
function uncaught(problem) {
  if (!reportUncaught(problem)) {
    report({ kind: "broken", name: "", errors: [describeError(problem)] });
  }
}

function fireTimer() {
  try {
    fire();
  } catch (problem) {
    uncaught(problem);
  }
}

const noHost = {
  call(name) {
    throw new Error(`host.call("${name}"): invoke() was given no host; pass one, or name real handlers with mik test --against`);
  },
};

const invocations = new Map(); // id → { host, resolve, reject, site }

function invoke(script, request, host) {
  const site = new Error().stack;
  return new Promise((resolve, reject) => {
    const answering = host ?? (globalThis[Runner].call === undefined ? noHost : undefined);
    const { method = "GET", path = `/script/${script}`, headers, query, body } = request ?? {};
    const { content, contentType } = writeBody(body ?? undefined, typeof body !== "string");
    const id = runner.invoke(
      toJson({
        script: String(script),
        method: String(method),
        path: String(path),
        query: new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value !== undefined)).toString(),
        headers: headerPairs(headers),
        contentType,
        hasHost: answering !== undefined,
      }),
      crossing(content));
    if (typeof id === "string") {
      throw new TypeError(`invoke: ${id}`);
    }

    invocations.set(id, { host: answering, resolve, reject, site });
  });
}

// The script has answered, [id, { status, headers, body }, …], or nobody could make it, [id, { problem }].
function settleInvocation(json, content) {
  const [id, answer] = parseJson(json);
  const invocation = invocations.get(id);
  if (invocation === undefined) {
    return;
  }

  invocations.delete(id);
  const { problem } = answer;
  if (problem !== undefined) {
    const error = new Error(problem);
    error.stack = invocation.site;
    invocation.reject(error);
  } else {
    invocation.resolve(content === undefined ? answer : { ...answer, body: new Uint8Array(content) });
  }
}

// A script that the test invoked calls a handler; the test's host answers.
async function answerCall(invocationId, call, json, content) {
  const { handler, options } = parseJson(json);
  const invocation = invocations.get(invocationId);
  if (invocation === undefined) {
    return;
  }

  try {
    const answer = await invocation.host.call(handler, { ...options, body: content === undefined ? options.body ?? undefined : new Uint8Array(content) });
    const isJson = typeof answer.body !== "string" || isJsonAnswer(answer);
    const { content: sent, contentType } = writeBody(answer.body ?? undefined, isJson);
    runner.answerCall(call, toJson({ status: answer.status, headers: headerPairs(answer.headers), contentType }), crossing(sent));
  } catch (problem) {
    if (isFailureCode(problem?.code)) {
      const { code, message, retryAfter } = problem;
      runner.answerCall(call, toJson({ code, message: String(message).toWellFormed(), retryAfter }), 0);
      return;
    }

    // The test's mistake, not the script's: the script must not get to deal with it.
    invocations.delete(invocationId);
    invocation.reject(problem);
    runner.answerCall(call, toJson({ isBroken: true }), 0);
  }
}

globalThis[Runner] = { invoke, call: undefined };

const describeJson = problem => toJson({ failure: "Threw", ...describeError(problem) });

register(prepare, settle, fireTimer, describeJson, run);
runner.register(prepare, run, giveUp, uncaught, settleInvocation, answerCall);
