// Bodies between what scripts handle (values) and what travels (text or bytes).

// Taken before any script can replace them.
export const { parse: parseJson, stringify: toJson } = JSON;
const { isView } = ArrayBuffer;
const { isArray } = Array;
const { entries } = Object;

// The bytes behind a buffer or a view of one, or undefined for anything else.
export function bytesOf(value) {
  // Nearly everything is none of the three, and this is the quickest way to see it.
  if (typeof value !== "object" || value === null || value.byteLength === undefined) {
    return undefined;
  }

  if (isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }

  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer ? new Uint8Array(value) : undefined;
}

// A value on its way out: its content (a string, bytes, or undefined for no body) with the content type that goes with it.
// `asJson` says that text and null are JSON, too.
export function writeBody(value, asJson) {
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    return { content: bytes, contentType: "application/octet-stream" };
  }

  if (value === undefined || (value === null && !asJson)) {
    return { content: undefined, contentType: "" };
  }

  if (typeof value === "string" && !asJson) {
    return { content: value.toWellFormed(), contentType: "text/plain; charset=utf-8" };
  }

  const json = toJson(value);
  return { content: json, contentType: json === undefined ? "" : "application/json" };
}

// Headers as a list of [name, value]. Takes a record (a value may be a list of values) or a list of pairs.
export function headerPairs(headers) {
  const pairs = [];
  if (headers === undefined || headers === null) {
    return pairs;
  }

  const list = isArray(headers) || headers instanceof Map ? headers : entries(headers);
  if (list.length === 0) {
    return pairs;
  }

  for (const [name, value] of list) {
    for (const one of isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) {
        pairs.push([String(name), String(one)]);
      }
    }
  }

  return pairs;
}
