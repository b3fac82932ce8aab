// expect: the matchers, and what they say when they do not match.

import { asymmetric } from "./asymmetric.js";
import { aligned } from "./aligned.js";
import { diffLines } from "./diff.js";
import { inline, pretty } from "./format.js";
import { matchers } from "./matchers.js";

export class AssertionError extends Error {
  constructor(message, details, site) {
    super(message);
    this.name = "AssertionError";
    Object.assign(this, details);
    if (site !== undefined) {
      this.stack = site;
    }
  }
}

// Every assertion made, for expect.assertions() and expect.hasAssertions().
const counts = { made: 0, wanted: undefined };

// The promises of assertions that nobody has awaited yet: forgetting to is a mistake that would go unnoticed.
const running = new Set();

// A test begins: forgets the assertions of the one before.
export function beginAssertions() {
  counts.made = 0;
  counts.wanted = undefined;
  running.clear();
}

// A test has ended: what is wrong with how many assertions it made, if anything.
export function endAssertions() {
  const problems = [];
  if (counts.wanted === "some" && counts.made === 0) {
    problems.push(new AssertionError("expect.hasAssertions(): the test made none"));
  } else if (typeof counts.wanted === "number" && counts.wanted !== counts.made) {
    problems.push(new AssertionError(`expect.assertions(${counts.wanted}): the test made ${counts.made}`));
  }

  for (const site of running) {
    problems.push(new AssertionError("an assertion with .resolves or .rejects was not awaited: write `await expect(…)…`", {}, site));
  }

  running.clear();
  return problems;
}

// What failed, as an error: `state` is { name, modifiers, message } of the assertion.
function failure(state, outcome, received, args, site) {
  const call = `expect(received)${state.modifiers}.${state.name}(${args.length > 0 ? "expected" : ""})`;
  const custom = state.message === undefined ? "" : `${state.message}\n\n`;
  const details = {};
  if (outcome.problem !== undefined) {
    return new AssertionError(`${custom}${call}: ${outcome.problem}`, details, site);
  }

  const hasExpected = "expected" in outcome || args.length > 0;
  const actual = "received" in outcome ? outcome.received : received;
  details.actual = pretty(actual);
  if (!hasExpected) {
    return new AssertionError(`${custom}${call}\n\nreceived: ${inline(actual)}`, details, site);
  }

  const expected = "expected" in outcome ? outcome.expected : args[0];
  details.expected = pretty(expected);
  if (outcome.align !== undefined) {
    const [shownExpected, shownActual] = aligned(expected, actual, outcome.align);
    details.expected = pretty(shownExpected);
    details.actual = pretty(shownActual);
  }

  if (outcome.isDiffable && !state.isNot && details.expected !== details.actual) {
    details.diff = diffLines(...comparable(expected, actual, details));
    return new AssertionError(`${custom}${call}`, details, site);
  }

  const not = state.isNot ? "not " : "";
  const hint = outcome.hint === undefined ? "" : `\n${outcome.hint}`;
  return new AssertionError(`${custom}${call}\n\nexpected: ${not}${inline(expected)}\nreceived: ${inline(actual)}${hint}`, details, site);
}

// Texts of several lines are compared as they are, everything else as it is shown.
function comparable(expected, actual, details) {
  const isText = typeof expected === "string" && typeof actual === "string" && `${expected}${actual}`.includes("\n");
  return isText ? [expected, actual] : [details.expected, details.actual];
}

function check(state, matcher, received, args, site) {
  const outcome = matcher(received, ...args);
  if (outcome.problem !== undefined || outcome.pass === state.isNot) {
    throw failure(state, outcome, received, args, site);
  }
}

function checkAsync(state, matcher, received, args) {
  const site = new Error().stack;
  const settling = settle(state, received, args, site).then(value => check(state, matcher, value, args, site));
  running.add(site);
  const wait = (...callbacks) => {
    running.delete(site);
    return settling.then(...callbacks);
  };
  settling.catch(() => {}); // heard of by whoever awaits the result, or as an assertion that was not awaited
  return { then: wait, catch: callback => wait(undefined, callback), finally: callback => { running.delete(site); return settling.finally(callback); } };
}

// What a promise came to, if it came to what the assertion is about.
async function settle(state, received, args, site) {
  const promise = state.awaits === "rejects" && typeof received === "function" ? received() : received;
  if (typeof promise?.then !== "function") {
    throw failure(state, { problem: `expected a promise, received ${inline(promise)}` }, received, args, site);
  }

  let outcome;
  try {
    outcome = { value: await promise };
  } catch (problem) {
    outcome = { problem };
  }

  if (state.awaits === "resolves" && "problem" in outcome) {
    const cause = outcome.problem instanceof Error ? String(outcome.problem) : inline(outcome.problem);
    throw failure(state, { problem: `the promise was rejected with ${cause}` }, received, args, site);
  }

  if (state.awaits === "rejects" && "value" in outcome) {
    throw failure(state, { problem: `the promise was fulfilled with ${inline(outcome.value)}` }, received, args, site);
  }

  return "problem" in outcome ? outcome.problem : outcome.value;
}

function assertion(received, state) {
  const result = {};
  for (const [name, matcher] of Object.entries(matchers)) {
    result[name] = (...args) => {
      counts.made++;
      const named = { ...state, name };
      if (state.awaits !== undefined) {
        return checkAsync(named, matcher, received, args);
      }

      check(named, matcher, received, args);
    };
  }

  const derive = (name, change) => Object.defineProperty(result, name, {
    get: () => assertion(received, { ...state, ...change, modifiers: `${state.modifiers}.${name}` }),
  });
  derive("not", { isNot: !state.isNot });
  if (state.awaits === undefined) {
    derive("resolves", { awaits: "resolves" });
    derive("rejects", { awaits: "rejects" });
  }

  return result;
}

export function expect(received, message) {
  return assertion(received, { isNot: false, awaits: undefined, modifiers: "", message });
}

Object.assign(expect, asymmetric, {
  assertions(count) {
    counts.wanted = count;
  },
  hasAssertions() {
    counts.wanted = "some";
  },
  unreachable(message = "this should not be reached") {
    throw new AssertionError(message);
  },
  // Adds matchers: functions of (received, ...expected) that return { pass, message() }.
  extend(additions) {
    for (const [name, test] of Object.entries(additions)) {
      matchers[name] = function (received, ...args) {
        const { pass, message } = test.call({ isNot: false, equals: (a, b) => matchers.toEqual(a, b).pass }, received, ...args);
        return { pass, get hint() { return message?.(); } };
      };
    }
  },
});
