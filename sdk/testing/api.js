// What a test file imports from its test runner, under the names that all of them share.

export { expect } from "./expect.js";
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from "./suite.js";
export { vi } from "./vi.js";
