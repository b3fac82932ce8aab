// Shows values to people: on one line in messages, and over many lines, with sorted keys, where they are compared.

import { isAsymmetric, keysOf } from "./equality.js";

const MaxDepth = 12;
const MaxEntries = 500;
const MaxLine = 200;

// The value on one line, cut when it is long.
export function inline(value) {
  const text = show(value, { indent: "", depth: 0, parents: [], isFlat: true });
  return text.length > MaxLine ? `${text.slice(0, MaxLine)}…` : text;
}

// The value over as many lines as it takes, the same for equal values.
export function pretty(value) {
  return show(value, { indent: "", depth: 0, parents: [], isFlat: false });
}

function show(value, at) {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[Function ${value.name || "anonymous"}]`;
    case "object":
      return value === null ? "null" : showObject(value, at);
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}

function showObject(value, at) {
  if (isAsymmetric(value)) {
    return typeof value.toAsymmetricMatcher === "function" ? value.toAsymmetricMatcher() : String(value);
  }

  if (at.parents.includes(value)) {
    return "[Circular]";
  }

  if (value instanceof Error) {
    return `[${value.name}: ${value.message}]`;
  }

  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }

  if (value instanceof RegExp) {
    return String(value);
  }

  if (value instanceof Promise || value instanceof WeakMap || value instanceof WeakSet) {
    return `[${value.constructor.name}]`;
  }

  if (value instanceof Boolean || value instanceof Number || value instanceof String) {
    return `[${value.constructor.name}: ${show(value.valueOf(), at)}]`;
  }

  if (at.depth >= MaxDepth) {
    return Array.isArray(value) ? "[Array]" : "[Object]";
  }

  const inner = { ...at, indent: `${at.indent}  `, depth: at.depth + 1, parents: [...at.parents, value] };
  return showContent(value, at, inner);
}

function showContent(value, at, inner) {
  const name = nameOf(value);
  if (value instanceof ArrayBuffer) {
    return name + block("{", [...new Uint8Array(value)].slice(0, MaxEntries).map(String), value.byteLength, "}", at);
  }

  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const items = Array.from({ length: Math.min(value.length, MaxEntries) }, (_, index) => show(value[index], inner));
    return name + block("[", items, value.length, "]", at);
  }

  if (value instanceof Map) {
    const items = [...value].slice(0, MaxEntries).map(([key, item]) => `${show(key, inner)} => ${show(item, inner)}`);
    return name + block("{", items, value.size, "}", at);
  }

  if (value instanceof Set) {
    return name + block("{", [...value].slice(0, MaxEntries).map(item => show(item, inner)), value.size, "}", at);
  }

  const keys = keysOf(value).sort((a, b) => (String(a) < String(b) ? -1 : 1));
  const items = keys.slice(0, MaxEntries).map(key => `${showKey(key)}: ${show(value[key], inner)}`);
  return name + block("{", items, keys.length, "}", at);
}

function nameOf(value) {
  const name = Object.getPrototypeOf(value) === null ? "[Object: null prototype]" : value.constructor?.name;
  return name === undefined || name === "Object" || name === "Array" ? "" : `${name} `;
}

function showKey(key) {
  return typeof key === "symbol" ? `[${String(key)}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

function block(open, items, count, close, at) {
  if (count > items.length) {
    items.push(`… ${count - items.length} more`);
  }

  if (items.length === 0) {
    return open + close;
  }

  if (at.isFlat) {
    return open === "[" ? `[${items.join(", ")}]` : `{ ${items.join(", ")} }`;
  }

  return `${open}\n${items.map(item => `${at.indent}  ${item},\n`).join("")}${at.indent}${close}`;
}
