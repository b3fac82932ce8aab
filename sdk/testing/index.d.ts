import type { Headers, HeadersToSend, Host, HostCallErrorCode, Request } from "../index.js";

export * from "./invoke.js";
export * from "./mock.js";
export * from "./runner.js";
export * from "./vi.js";

/** A call as the handler saw it. */
export interface RecordedCall {
  handler: string;
  method: string;
  /** As it was sent, with its query. */
  path: string;
  /** The fields of the query, decoded; of a repeated one the first value. */
  query: { [name: string]: string | undefined };
  headers: Headers;
  /** What arrived of the body: JSON parsed, text as a string, other bytes as a `Uint8Array`, `null` when empty. */
  body: any;
}

/** What a handler of a test host answers. It crosses the same border as a real answer: objects as JSON, text as text, bytes as bytes. */
export interface Reply {
  /** 200 unless given. */
  status?: number | undefined;
  headers?: HeadersToSend | undefined;
  body?: unknown;
  /** How long the answer takes, in milliseconds. Longer than the call's `timeoutMs` is a `TIMEOUT`. */
  delayMs?: number | undefined;
}

/** A reply that makes the call reject; made by {@link fail}. */
export interface Failure {
  readonly code: HostCallErrorCode;
}

/** A handler that looks at the call; `n` counts the calls of this handler, from 1. */
export type ReplyFunction = (call: RecordedCall, n: number) => Reply | Failure | Promise<Reply | Failure>;

export interface TestHost extends Host {
  /** The calls so far, in their order. */
  readonly calls: RecordedCall[];
}

/**
 * Makes a host whose handlers answer what the test says. A handler that is not named fails the call with an error without a `code`, so
 * that no script takes a mistake in its test for a missing handler; name it with `fail("MODULE_NOT_FOUND")` to have it missing.
 */
export function createTestHost(handlers?: { readonly [handler: string]: Reply | Failure | ReplyFunction }): TestHost;

/** Makes the call reject with a `HostCallError` of this code. */
export function fail(
  code: HostCallErrorCode,
  options?: {
    message?: string | undefined;
    /** In seconds. */
    retryAfter?: number | undefined;
    /** How long it takes to fail, in milliseconds. */
    delayMs?: number | undefined;
  },
): Failure;

/** What {@link createTestRequest} makes a request of. */
export interface TestRequest {
  /** `"POST"` with a body, `"GET"` without, unless given. */
  method?: string | undefined;
  /** `"/"` unless given; may carry a query. */
  path?: string | undefined;
  query?: { readonly [name: string]: string | undefined } | undefined;
  headers?: HeadersToSend | undefined;
  /** Objects, lists, numbers and booleans are sent as JSON, strings as text, buffers as bytes. */
  body?: unknown;
}

/**
 * Makes a request as a script sees it: header names lower-case, the body as its content type says.
 * @throws TypeError when the body is not JSON although its content type says so; the script would not run.
 */
export function createTestRequest<Body = any>(request?: TestRequest): Request<Body>;
