// mik:bodies — bodies on their way out as they cross to the runtime: as a kind, and what is of that kind.

import { utf8, exactBuffer } from "mik:text";

export const Bytes = 2;

// 0 nothing, 1 text, 2 bytes. Strings cross up to their first U+0000.
export function kindOf(content) {
  return content === undefined ? 0 : typeof content === "string" && !content.includes("\0") ? 1 : Bytes;
}

// A whole ArrayBuffer of what is to cross as bytes.
export function bufferOf(content) {
  return exactBuffer(typeof content === "string" ? utf8(content) : content);
}
