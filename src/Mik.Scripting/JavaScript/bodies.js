// mik:bodies — bodies and names on their way out as they cross to the runtime. Strings cross up to their first U+0000.

import { utf8, exactBuffer } from "mik:text";

// What crosses in place of a content: undefined for none, a string, or a whole ArrayBuffer.
export function crossing(content) {
  if (typeof content === "string") {
    return content.includes("\0") ? exactBuffer(utf8(content)) : content;
  }

  return content === undefined ? undefined : exactBuffer(content);
}

// Nothing must be found by the beginning of its name.
export function crossingName(name) {
  return name.includes("\0") ? name.replaceAll("\0", "\uFFFD") : name;
}
