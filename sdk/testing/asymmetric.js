// expect.any() and its like: stand for values that are known in part only.

import { contains, equals } from "./equality.js";
import { inline } from "./format.js";

class Asymmetric {
  // The mark other runners know them by.
  $$typeof = Symbol.for("jest.asymmetricMatcher");
  #name;
  #sample;
  #test;
  #isInverse;

  constructor(name, sample, test, isInverse = false) {
    this.#name = name;
    this.#sample = sample;
    this.#test = test;
    this.#isInverse = isInverse;
  }

  asymmetricMatch(value) {
    return Boolean(this.#test(value)) !== this.#isInverse;
  }

  toAsymmetricMatcher() {
    const name = this.#isInverse ? `Not${this.#name}` : this.#name;
    return this.#sample === undefined ? name : `${name}<${typeof this.#sample === "function" ? this.#sample.name : inline(this.#sample)}>`;
  }

  toString() {
    return this.#name;
  }
}

const primitives = new Map([
  [String, "string"], [Number, "number"], [Boolean, "boolean"], [BigInt, "bigint"], [Symbol, "symbol"], [Function, "function"],
]);

function isInstance(value, type) {
  return typeof value === primitives.get(type) || (type === Object ? typeof value === "object" : value instanceof type);
}

function withInverse(isInverse) {
  return {
    objectContaining: sample => new Asymmetric(
      "ObjectContaining", sample, value => typeof value === "object" && value !== null && contains(value, sample), isInverse),
    arrayContaining: sample => new Asymmetric(
      "ArrayContaining",
      sample,
      value => Array.isArray(value) && sample.every(item => value.some(candidate => equals(candidate, item))),
      isInverse),
    stringContaining: sample => new Asymmetric(
      "StringContaining", sample, value => typeof value === "string" && value.includes(sample), isInverse),
    stringMatching: sample => new Asymmetric(
      "StringMatching", sample, value => typeof value === "string" && new RegExp(sample).test(value), isInverse),
    closeTo: (sample, digits = 2) => new Asymmetric(
      "CloseTo", sample, value => typeof value === "number" && isClose(value, sample, digits), isInverse),
  };
}

export function isClose(received, expected, digits) {
  return received === expected || Math.abs(expected - received) < 10 ** -digits / 2;
}

export const asymmetric = {
  ...withInverse(false),
  not: withInverse(true),
  anything: () => new Asymmetric("Anything", undefined, value => value !== undefined && value !== null),
  any(type) {
    if (typeof type !== "function") {
      throw new TypeError("expect.any() takes a constructor, such as String");
    }

    return new Asymmetric("Any", type, value => isInstance(value, type));
  },
};
