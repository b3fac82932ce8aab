// The matchers. Each takes what was received and what was expected, and returns
//   pass        whether it matches
//   expected, received   what to show in their place
//   isDiffable  whether comparing the two line by line helps
//   align       what does not count when comparing: "loose" undefined properties, "subset" also properties that are not expected
//   hint        one more line
//   problem     instead of all that: the matcher cannot be used like this, whether negated or not

import { isClose } from "./asymmetric.js";
import { contains, equals } from "./equality.js";
import { inline } from "./format.js";
import { isMockFunction } from "./mock.js";

const both = (received, expected, pass, hint) => ({ pass, expected, received, isDiffable: true, hint });

function compareNumbers(received, expected, pass) {
  const isNumber = value => typeof value === "number" || typeof value === "bigint";
  return isNumber(received) && isNumber(expected)
    ? { pass: pass() }
    : { problem: `both sides have to be numbers, received ${inline(received)}` };
}

function toBe(received, expected) {
  const pass = Object.is(received, expected);
  const looksEqual = !pass && equals(received, expected, { strict: true });
  return both(received, expected, pass, looksEqual ? "They look the same but are two objects: toEqual compares what they contain." : undefined);
}

function toContain(received, expected) {
  if (typeof received === "string") {
    return typeof expected === "string"
      ? { pass: received.includes(expected) }
      : { problem: `a text contains only texts, not ${inline(expected)}` };
  }

  if (typeof received?.[Symbol.iterator] !== "function") {
    return { problem: `received ${inline(received)}, which contains nothing` };
  }

  return { pass: [...received].includes(expected) };
}

function toHaveLength(received, expected) {
  return typeof received?.length === "number"
    ? { pass: received.length === expected, hint: `length:   ${received.length}` }
    : { problem: `received ${inline(received)}, which has no length` };
}

function toHaveProperty(received, path, ...values) {
  const keys = Array.isArray(path) ? path : Object.hasOwn(received ?? {}, path) ? [path] : String(path).replace(/\[(\w+)\]/g, ".$1").split(".");
  let value = received;
  for (const key of keys) {
    if (value === undefined || value === null || !(key in Object(value))) {
      return { pass: false, hint: `there is no ${inline(key)} in ${inline(value)}` };
    }

    value = value[key];
  }

  return values.length === 0 ? { pass: true, expected: path } : both(value, values[0], equals(value, values[0]));
}

function toMatch(received, expected) {
  return typeof received === "string"
    ? { pass: typeof expected === "string" ? received.includes(expected) : new RegExp(expected).test(received) }
    : { problem: `a text can match, received ${inline(received)}` };
}

// `received` is a function, or what a promise was rejected with.
function toThrow(received, ...wanted) {
  let thrown = received;
  if (typeof received === "function") {
    try {
      received();
      return { pass: false, received: undefined, expected: wanted[0], hint: "the function threw nothing" };
    } catch (problem) {
      thrown = problem;
    }
  } else if (!(received instanceof Error)) {
    return { problem: `expected a function that throws, received ${inline(received)}` };
  }

  return wanted.length === 0 ? { pass: true, received: thrown } : { ...compareThrown(thrown, wanted[0]), received: thrown };
}

function compareThrown(thrown, wanted) {
  const message = typeof thrown?.message === "string" ? thrown.message : String(thrown);
  if (typeof wanted === "string") {
    return { pass: message.includes(wanted), expected: wanted };
  }

  if (wanted instanceof RegExp) {
    return { pass: wanted.test(message), expected: wanted };
  }

  if (typeof wanted === "function") {
    return { pass: thrown instanceof wanted, expected: wanted };
  }

  return wanted instanceof Error ? { pass: message === wanted.message, expected: wanted } : { pass: equals(thrown, wanted), expected: wanted };
}

// Matchers about mocks: the test is given what the mock remembers.
const ofMock = test => (received, ...args) => isMockFunction(received)
  ? test(received.mock, ...args)
  : { problem: `expected a mock: a function made with fn(), received ${inline(received)}` };

const shown = calls => calls.length === 0 ? "it was not called" : `calls:\n${calls.slice(0, 10).map((args, index) => `  ${index + 1}: ${inline(args)}`).join("\n")}`;
const returned = mock => mock.results.filter(result => result.type === "return").map(result => result.value);

export const matchers = {
  toBe,
  toEqual: (received, expected) => ({ ...both(received, expected, equals(received, expected)), align: "loose" }),
  toStrictEqual: (received, expected) => ({ ...both(received, expected, equals(received, expected, { strict: true })), align: "strict" }),
  toMatchObject: (received, expected) => typeof received === "object" && received !== null
    ? { ...both(received, expected, contains(received, expected)), align: "subset" }
    : { problem: `received ${inline(received)}, which has no properties` },
  toBeTruthy: received => ({ pass: Boolean(received) }),
  toBeFalsy: received => ({ pass: !received }),
  toBeNull: received => ({ pass: received === null }),
  toBeUndefined: received => ({ pass: received === undefined }),
  toBeDefined: received => ({ pass: received !== undefined }),
  toBeNullable: received => ({ pass: received === undefined || received === null }),
  toBeNaN: received => ({ pass: Number.isNaN(received) }),
  toBeTypeOf: (received, expected) => ({ pass: typeof received === expected, hint: `typeof:   ${typeof received}` }),
  toBeInstanceOf: (received, expected) => typeof expected === "function"
    ? { pass: received instanceof expected }
    : { problem: "expected a class" },
  toBeGreaterThan: (received, expected) => compareNumbers(received, expected, () => received > expected),
  toBeGreaterThanOrEqual: (received, expected) => compareNumbers(received, expected, () => received >= expected),
  toBeLessThan: (received, expected) => compareNumbers(received, expected, () => received < expected),
  toBeLessThanOrEqual: (received, expected) => compareNumbers(received, expected, () => received <= expected),
  toBeCloseTo: (received, expected, digits = 2) => compareNumbers(received, expected, () => isClose(received, expected, digits)),
  toBeOneOf: (received, expected) => ({ pass: [...expected].some(one => equals(received, one)) }),
  toContain,
  toContainEqual: (received, expected) => typeof received?.[Symbol.iterator] === "function"
    ? { pass: [...received].some(item => equals(item, expected)) }
    : { problem: `received ${inline(received)}, which contains nothing` },
  toHaveLength,
  toHaveProperty,
  toMatch,
  toSatisfy: (received, test) => ({ pass: Boolean(test(received)) }),
  toThrow,
  toThrowError: toThrow,
  toHaveBeenCalled: ofMock(mock => ({ pass: mock.calls.length > 0, received: mock.calls })),
  toHaveBeenCalledOnce: ofMock(mock => ({ pass: mock.calls.length === 1, received: mock.calls })),
  toHaveBeenCalledTimes: ofMock((mock, times) => ({ pass: mock.calls.length === times, received: mock.calls.length, hint: shown(mock.calls) })),
  toHaveBeenCalledWith: ofMock((mock, ...args) => ofCalls(mock.calls, args, mock.calls.some(call => equals(call, args)))),
  toHaveBeenLastCalledWith: ofMock((mock, ...args) => ofCall(mock, mock.calls.length, args)),
  toHaveBeenNthCalledWith: ofMock((mock, number, ...args) => ofCall(mock, number, args)),
  toHaveReturned: ofMock(mock => ({ pass: returned(mock).length > 0, received: mock.results })),
  toHaveReturnedTimes: ofMock((mock, times) => ({ pass: returned(mock).length === times, received: returned(mock).length })),
  toHaveReturnedWith: ofMock((mock, value) => ({ pass: returned(mock).some(one => equals(one, value)), received: returned(mock) })),
  toHaveLastReturnedWith: ofMock((mock, value) => both(mock.results.at(-1)?.value, value, equals(mock.results.at(-1)?.value, value))),
};

// Compared line by line with the only call there was, listed when there were several.
function ofCalls(calls, expected, pass) {
  return calls.length === 1 ? { ...both(calls[0], expected, pass), align: "loose" } : { pass, expected, received: calls, hint: shown(calls) };
}

function ofCall(mock, number, expected) {
  const call = mock.calls[number - 1];
  return call === undefined
    ? { pass: false, expected, received: undefined, hint: shown(mock.calls) }
    : { ...both(call, expected, equals(call, expected)), align: "loose" };
}
