// mik:bodies — bodies between what scripts handle (values) and what travels (text or bytes). Which kind a body that came in is
// was decided by the runtime from its content type.

import { parseJson, toJson } from "mik:host";
import { utf8, bytesOf, exactBuffer } from "mik:text";

export function parseBody(kind, content, form) {
  switch (kind) {
    case "none":
      return null;
    case "json":
      return parseJson(content);
    case "form":
      return form;
    case "text":
      return content;
    default:
      return new Uint8Array(content);
  }
}

export function isNoBody(value) {
  return value === undefined || value === null;
}

// How a body travels: `kind` says which of the other fields count.
const NoBody = { kind: 0, type: "" };

function textBody(text, type) {
  text = text.toWellFormed();
  return text.includes("\0") ? bytesBody(utf8(text), type) : { kind: 1, type, content: text };
}

function bytesBody(bytes, type) {
  return { kind: 2, type, content: exactBuffer(bytes) };
}

// A value on its way out, with the content type that goes with it.
export function writeBody(value, asJson) {
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    return bytesBody(bytes, "application/octet-stream");
  }

  if (value === undefined || (value === null && !asJson)) {
    return NoBody;
  }

  if (typeof value === "string" && !asJson) {
    return textBody(value, "text/plain; charset=utf-8");
  }

  const json = toJson(value);
  return json === undefined ? NoBody : { kind: 1, type: "application/json", content: json };
}

// Headers as a list of [name, value]. Takes a record (a value may be a list of values) or a list of pairs.
export function headerPairs(headers) {
  if (isNoBody(headers)) {
    return [];
  }

  const pairs = [];
  for (const [name, value] of Array.isArray(headers) || headers instanceof Map ? headers : Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!isNoBody(one)) {
        pairs.push([String(name), String(one)]);
      }
    }
  }

  return pairs;
}
