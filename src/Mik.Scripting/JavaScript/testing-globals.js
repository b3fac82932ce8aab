// mik:testing-globals — what test files find on the global object. A module of its own, because mik-sdk/testing looks for it when it is
// evaluated.

import * as api from "mik:sdk/testing/api.js";

for (const [name, value] of Object.entries(api)) {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}
