// Deep equality, as test authors know it from other runners.

import { bytesOf } from "../bodies.js";

// The mark by which expect.any() and its like are known everywhere.
export function isAsymmetric(value) {
  return typeof value === "object" && value !== null && typeof value.asymmetricMatch === "function";
}

// Whether two values are equal all the way down. Strict equality also wants the same classes, the same `undefined` properties and the
// same holes in arrays.
export function equals(received, expected, { strict = false } = {}) {
  return compare(received, expected, strict, [], [], false);
}

// Whether `received` has at least what `expected` has, at every depth; arrays have to be of the same length.
export function contains(received, expected) {
  return compare(received, expected, false, [], [], true);
}

function compare(a, b, strict, seenA, seenB, isSubset) {
  if (isAsymmetric(b)) {
    return Boolean(b.asymmetricMatch(a));
  }

  if (isAsymmetric(a)) {
    return Boolean(a.asymmetricMatch(b));
  }

  if (Object.is(a, b)) {
    return true;
  }

  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return false;
  }

  // A plain object may describe a part of anything that has properties: an error, say.
  const kind = kindOf(b);
  const isPart = isSubset && kind === "[object Object]" && !Array.isArray(a);
  if ((kind !== kindOf(a) && !isPart) || (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))) {
    return false;
  }

  // A cycle is equal to a cycle of the same shape.
  const at = seenA.indexOf(a);
  if (at >= 0) {
    return seenB[at] === b;
  }

  seenA.push(a);
  seenB.push(b);
  const inner = (x, y) => compare(x, y, strict, seenA, seenB, isSubset);
  const result = compareContent(kind, a, b, inner, strict, isSubset);
  seenA.pop();
  seenB.pop();
  return result;
}

function kindOf(value) {
  return Array.isArray(value) ? "[object Array]" : Object.prototype.toString.call(value);
}

function compareContent(kind, a, b, inner, strict, isSubset) {
  switch (kind) {
    case "[object Date]":
      return Object.is(a.getTime(), b.getTime());
    case "[object RegExp]":
      return a.source === b.source && a.flags === b.flags;
    case "[object Boolean]":
    case "[object Number]":
    case "[object String]":
      return Object.is(a.valueOf(), b.valueOf());
    case "[object Error]":
      return a.name === b.name && a.message === b.message && (b.cause === undefined || inner(a.cause, b.cause));
    case "[object ArrayBuffer]":
    case "[object DataView]":
      return sameBytes(bytesOf(a), bytesOf(b));
    case "[object Map]":
      return a.size === b.size && [...a].every(([key, value]) => {
        const other = b.has(key) ? [key, b.get(key)] : [...b].find(([candidate]) => inner(key, candidate));
        return other !== undefined && inner(value, other[1]);
      });
    case "[object Set]":
      return a.size === b.size && [...a].every(value => b.has(value) || [...b].some(candidate => inner(value, candidate)));
    case "[object Promise]":
    case "[object WeakMap]":
    case "[object WeakSet]":
      return false;
    default:
      if (ArrayBuffer.isView(a)) {
        return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
      }

      if (Array.isArray(a) && a.length !== b.length) {
        return false;
      }

      return compareProperties(a, b, inner, strict, isSubset);
  }
}

function sameBytes(a, b) {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function compareProperties(a, b, inner, strict, isSubset) {
  const has = (object, key) => strict ? Object.hasOwn(object, key) : object[key] !== undefined;
  for (const key of keysOf(b)) {
    if (!isSubset && has(b, key) !== has(a, key)) {
      return false;
    }

    if ((isSubset && b[key] !== undefined && !(key in a)) || !inner(a[key], b[key])) {
      return false;
    }
  }

  return isSubset || keysOf(a).every(key => !has(a, key) || has(b, key));
}

export function keysOf(object) {
  const symbols = Object.getOwnPropertySymbols(object).filter(key => Object.prototype.propertyIsEnumerable.call(object, key));
  return [...Object.keys(object), ...symbols];
}
