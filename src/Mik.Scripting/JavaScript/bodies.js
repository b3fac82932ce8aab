// mik:bodies — bodies on their way out as they cross to the runtime.

import { utf8, exactBuffer } from "mik:text";

// What crosses in place of a content: undefined for none, a string, or a whole ArrayBuffer. Strings cross up to their first U+0000.
export function crossing(content) {
  if (typeof content === "string") {
    return content.includes("\0") ? exactBuffer(utf8(content)) : content;
  }

  return content === undefined ? undefined : exactBuffer(content);
}
