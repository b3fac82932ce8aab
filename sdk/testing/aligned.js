// Two values as they are to be shown side by side: what does not count in their comparison looks the same in both.

import { isAsymmetric, keysOf } from "./equality.js";

const MaxDepth = 12;

// `mode` says what does not count: "strict" nothing, "loose" undefined properties, "subset" also properties that are not expected.
// A stand-in such as expect.any() that matches looks like what it matched.
export function aligned(expected, received, mode, depth = 0) {
  if (isAsymmetric(expected)) {
    return expected.asymmetricMatch(received) ? [received, received] : [expected, received];
  }

  if (depth === MaxDepth || !isPlain(expected) || !isComparable(received, mode) || Array.isArray(expected) !== Array.isArray(received)) {
    return [expected, received];
  }

  return Array.isArray(expected) ? alignedItems(expected, received, mode, depth) : alignedProperties(expected, received, mode, depth);
}

function isPlain(value) {
  return Array.isArray(value) || (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
}

// A plain object may describe a part of anything that has properties.
function isComparable(value, mode) {
  return isPlain(value) || (mode === "subset" && typeof value === "object" && value !== null);
}

function alignedItems(expected, received, mode, depth) {
  const pairs = Array.from({ length: Math.min(expected.length, received.length) }, (_, i) => aligned(expected[i], received[i], mode, depth + 1));
  return [
    [...pairs.map(([item]) => item), ...expected.slice(pairs.length)],
    [...pairs.map(([, item]) => item), ...received.slice(pairs.length)],
  ];
}

function alignedProperties(expected, received, mode, depth) {
  const [left, right] = [{}, {}];
  for (const key of new Set([...keysOf(expected), ...keysOf(received)])) {
    const [inLeft, inRight] = [Object.hasOwn(expected, key), key in received];
    const [a, b] = inLeft && inRight ? aligned(expected[key], received[key], mode, depth + 1) : [expected[key], received[key]];
    if (inLeft && (mode === "strict" || a !== undefined)) {
      left[key] = a;
    }

    if (inRight && (mode !== "subset" || inLeft) && (mode === "strict" || b !== undefined)) {
      right[key] = b;
    }
  }

  return [left, right];
}
