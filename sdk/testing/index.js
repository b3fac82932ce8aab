// mik-sdk/testing — what tests of scripts import.

export { createTestHost, fail } from "./host.js";
export { canInvoke, invoke, realCall } from "./invoke.js";
export { fn } from "./mock.js";
export { createTestRequest } from "./request.js";
export * from "./runner.js";
