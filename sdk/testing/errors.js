// What there is to say about anything thrown, as plain data.

import { inline } from "./format.js";

const MaxText = 20_000;
const MaxCauses = 5;

function cut(text) {
  return text.length > MaxText ? `${text.slice(0, MaxText)}… (${text.length} characters)` : text;
}

function textOf(value) {
  return typeof value === "string" ? cut(value).toWellFormed() : undefined;
}

// { name, message, stack, expected, actual, diff, cause }; whatever was thrown, this does not throw.
export function describeError(problem, depth = 0) {
  try {
    if (!(problem instanceof Error)) {
      return { name: "", message: `threw ${textOf(inline(problem))}` };
    }

    const { name, message, stack, expected, actual, diff, cause } = problem;
    return {
      name: textOf(name),
      message: textOf(message),
      stack: textOf(stack),
      expected: textOf(expected),
      actual: textOf(actual),
      diff: textOf(diff),
      cause: cause === undefined || depth === MaxCauses ? undefined : describeError(cause, depth + 1),
    };
  } catch {
    return { name: "", message: "threw a value that cannot be shown" };
  }
}
