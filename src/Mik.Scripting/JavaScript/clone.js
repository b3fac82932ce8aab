// mik:clone — structuredClone, by the type list of the HTML standard as far as those types exist here.

const errorTypes = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function structuredClone(value, options) {
  const transfer = new Set(options?.transfer ?? []);
  for (const buffer of transfer) {
    if (!(buffer instanceof ArrayBuffer)) {
      throw failure(buffer);
    }
  }

  return copy(value, new Map(), transfer);
}

function failure(value) {
  const what = typeof value === "symbol" ? "A symbol" : typeof value === "function" ? "A function" : "This value";
  return new DOMException(`${what} cannot be cloned`, "DataCloneError");
}

function copy(value, copies, transfer) {
  if (typeof value === "symbol" || typeof value === "function") {
    throw failure(value);
  }

  if (typeof value !== "object" || value === null) {
    return value;
  }

  if (copies.has(value)) {
    return copies.get(value);
  }

  const result = empty(value, copies, transfer);
  copies.set(value, result);
  if (value instanceof Map) {
    for (const [key, item] of [...value]) {
      result.set(copy(key, copies, transfer), copy(item, copies, transfer));
    }
  } else if (value instanceof Set) {
    for (const item of [...value]) {
      result.add(copy(item, copies, transfer));
    }
  } else if (Array.isArray(value) || isPlain(result)) {
    for (const key of Object.keys(value)) {
      define(result, key, copy(value[key], copies, transfer), true);
    }
  } else if (value instanceof Error && Object.hasOwn(value, "cause")) {
    define(result, "cause", copy(value.cause, copies, transfer), false);
  }

  return result;
}

// Defines rather than assigns, so that no setter of a prototype runs.
function define(target, key, value, enumerable) {
  Object.defineProperty(target, key, { value, writable: true, enumerable, configurable: true });
}

function isPlain(result) {
  return Object.getPrototypeOf(result) === Object.prototype;
}

// The copy without what it contains.
function empty(value, copies, transfer) {
  if (value instanceof Boolean || value instanceof Number || value instanceof String || value instanceof BigInt) {
    return Object(value.valueOf());
  }

  if (value instanceof Date) {
    return new Date(value.getTime());
  }

  if (value instanceof RegExp) {
    return new RegExp(value.source, value.flags);
  }

  if (value instanceof ArrayBuffer) {
    return transfer.has(value) ? value.transfer() : value.slice(0);
  }

  if (ArrayBuffer.isView(value)) {
    const { byteOffset, length, byteLength } = value;
    const buffer = copy(value.buffer, copies, transfer);
    return new value.constructor(buffer, byteOffset, value instanceof DataView ? byteLength : length);
  }

  if (value instanceof Map) {
    return new Map();
  }

  if (value instanceof Set) {
    return new Set();
  }

  if (value instanceof Error) {
    const result = new (errorTypes[value.name] ?? Error)(String(value.message));
    result.stack = String(value.stack);
    return result;
  }

  if (Array.isArray(value)) {
    return new Array(value.length);
  }

  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef) {
    throw failure(value);
  }

  return {};
}

export const globals = { structuredClone };
