// mik:random — crypto.getRandomValues, crypto.randomUUID and Math.random, all from the runtime's randomness. QuickJS's own
// Math.random would start every request from the same seed, because every request starts from the same memory.

import * as host from "mik:host";
import { requireRun } from "mik:run";

const PoolBytes = 512;
let pool = [];
let used = 0;

function next() {
  if (used === pool.length) {
    pool = new Uint32Array(host.random(PoolBytes));
    used = 0;
  }

  return pool[used++];
}

Math.random = function random() {
  return ((next() >>> 6) * 0x8000000 + (next() >>> 5)) / 0x20000000000000;
};

// Forgets what was drawn while modules loaded.
export function reseed() {
  used = pool.length;
}

const integerArrays = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array,
];

const crypto = {
  getRandomValues(array) {
    requireRun("crypto.getRandomValues");
    if (!integerArrays.some(type => array instanceof type)) {
      throw new DOMException("crypto.getRandomValues takes an integer array", "TypeMismatchError");
    }

    if (array.byteLength > 65536) {
      throw new DOMException("crypto.getRandomValues fills 65536 bytes at most", "QuotaExceededError");
    }

    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(new Uint8Array(host.random(array.byteLength)));
    return array;
  },

  randomUUID() {
    requireRun("crypto.randomUUID");
    const bytes = new Uint8Array(host.random(16));
    bytes[6] = (bytes[6] & 0x0F) | 0x40;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  },
};

export const globals = { crypto };
