// mik-sdk/testing — what tests of scripts import.

export { createTestHost, fail } from "./host.js";
export { canInvoke, invoke, realCall } from "./invoke.js";
export { createTestRequest } from "./request.js";
export * from "./runner.js";

// The names of the types in index.d.ts. A TypeScript file that imports one without the word `type` still links.
export let Describe, Expect, Expectation, Failure, InvokeAnswer, Matchers, Mock, RecordedCall, Reply, ReplyFunction, Test, TestHost, TestOptions, TestRequest, Vi;
