// mik:bodies — bodies as they cross to the runtime and back. Which kind a body that came in is was decided by the runtime from its
// content type.

import { parseJson, writeBody } from "mik:sdk/bodies.js";
import { utf8, exactBuffer } from "mik:text";

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

// A body on its way out as [kind, content]: 0 nothing, 1 text without U+0000, 2 a whole ArrayBuffer.
export function crossing(content) {
  if (content === undefined) {
    return [0];
  }

  if (typeof content !== "string") {
    return [2, exactBuffer(content)];
  }

  return content.includes("\0") ? [2, exactBuffer(utf8(content))] : [1, content];
}
