/** Header names are lower-case; the values of a repeated header are joined by `, `. */
export interface Headers {
  [name: string]: string | undefined;
}

/** Headers to send: names in any case; a list sends the header several times; `null` and `undefined` send nothing. */
export type HeadersToSend =
  | { readonly [name: string]: HeaderValue | readonly HeaderValue[] }
  | ReadonlyMap<string, HeaderValue>
  | readonly (readonly [name: string, value: HeaderValue])[];

export type HeaderValue = string | number | boolean | null | undefined;

/** The request that a script answers. */
export interface Request<Body = any> {
  /** The method in capitals, such as `"POST"`. */
  method: string;
  /** The full path of the request, without the query, such as `"/script/checkout"`. */
  path: string;
  headers: Headers;
  /** The fields of the query, decoded; of a repeated one the first value. */
  query: { [name: string]: string | undefined };
  /**
   * `null` when empty. Parsed JSON for a JSON content type or none, the fields of a form, a string for text, a `Uint8Array` otherwise.
   * Naming its type (`script<Order>(…)`) checks nothing when the request comes in.
   */
  body: Body;
}

/** A script's answer, as it is sent: text and bytes as they are, anything else as JSON. */
export interface Answer<Body = any> {
  /** From 200 to 599. */
  status: number;
  headers: { [name: string]: HeaderValue | readonly HeaderValue[] };
  body: Body;
}

export interface AnswerOptions {
  /** From 200 to 599. */
  status?: number | undefined;
  headers?: Answer["headers"] | undefined;
}

/** A problem as in RFC 9457; further members are kept. */
export interface Problem {
  /** From 200 to 599, usually 400 or above. */
  status: number;
  title: string;
  detail?: string | undefined;
  /** A URI that names the kind of problem; `"about:blank"` unless given. */
  type?: string | undefined;
  [member: string]: unknown;
}

/** What a script has of the world: the project's handlers. */
export interface Host {
  /**
   * Sends a request to a handler. Calls run in parallel, and end with the script.
   *
   * Resolves for **any** HTTP status; rejects with a {@link HostCallError} only when there was no answer, and with a `TypeError` for a call
   * that cannot be sent.
   */
  call<Body = any>(handler: string, options?: HostCallOptions): Promise<HostResponse<Body>>;
}

export interface HostCallOptions {
  /** `"GET"` unless given. */
  method?: string | undefined;
  /** `"/"` unless given; may carry a query. */
  path?: string | undefined;
  headers?: HeadersToSend | undefined;
  /**
   * Objects, lists, numbers and booleans are sent as JSON, strings as text, buffers as bytes, `null` and `undefined` as no body. A
   * `content-type` among the headers wins over the one that follows from this.
   */
  body?: unknown;
  /** How long to wait at most, in milliseconds. */
  timeoutMs?: number | undefined;
}

/** What a handler answered. */
export interface HostResponse<Body = any> {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, a string when it is text, a `Uint8Array` otherwise, `null` when empty. */
  body: Body;
}

/**
 * Why a call was not answered:
 *
 * - `MODULE_NOT_FOUND`: there is no such handler (502 if it escapes the script)
 * - `CIRCUIT_OPEN`: the handler failed often and is left alone for a while (503)
 * - `RATE_LIMITED`: the handler is at its concurrency limit (429)
 * - `TIMEOUT`: the call's, the handler's or the script's time ran out (504)
 * - `HANDLER_ERROR`: the handler trapped, ran out of memory, or returned no response (502)
 */
export type HostCallErrorCode = "MODULE_NOT_FOUND" | "CIRCUIT_OPEN" | "RATE_LIMITED" | "TIMEOUT" | "HANDLER_ERROR";

/** The error of a `host.call` that was not answered. A script that lets it escape answers with the matching problem. */
export class HostCallError extends Error {
  constructor(code: HostCallErrorCode, handler: string, message?: string, options?: { retryAfter?: number | undefined });
  readonly code: HostCallErrorCode;
  /** The name that was called. */
  readonly handler: string;
  /** Seconds after which a repetition may succeed, where known. */
  readonly retryAfter?: number;
}

/** What is given to {@link script}. Whatever it returns is answered: see {@link ok} for plain values; `undefined` is 204. */
export type ScriptHandler<Body = any> = (req: Request<Body>, host: Host) => unknown;

/** A script: an ordinary function, which tests can call. */
export type Script<Body = any> = (req: Request<Body>, host: Host) => Promise<Answer>;

/** Makes a script of a function; to be the default export of its file. */
export function script<Body = any>(handler: ScriptHandler<Body>): Script<Body>;

/**
 * Answers with `data` as JSON and status 200; 204 without data. The very body object of a handler's 2xx answer keeps that answer's status:
 * `ok(order.body)` after a 201 answers 201.
 */
export function ok<Data = undefined>(data?: Data, options?: AnswerOptions): Answer<Data>;

/** Answers with an RFC 9457 problem (`application/problem+json`). */
export function error<P extends Problem>(problem: P): Answer<P & { type: string }>;
