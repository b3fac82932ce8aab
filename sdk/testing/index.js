// mik-sdk/testing — what tests of scripts import.

export { createTestHost, fail } from "./host.js";
export { createTestRequest } from "./request.js";
export * from "./runner.js";
