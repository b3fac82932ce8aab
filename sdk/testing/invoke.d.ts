import type { Headers, Host, Request } from "../index.js";
import type { TestRequest } from "./index.js";

/** What a client gets. */
export interface InvokeAnswer {
  status: number;
  headers: Headers;
  /** JSON parsed, text as a string, other bytes as a `Uint8Array`, `null` when empty. */
  body: any;
}

/** Whether tests run under `mik test`, which alone can {@link invoke}. */
export function canInvoke(): boolean;

/**
 * Runs a script as the server would: in an instance of its own, with the project's limits. Problems are answers, too. `host` answers its
 * calls; without one, the handlers that `mik test --against` names do.
 * @throws Error outside of `mik test`, and when the test's host cannot answer a call.
 */
export function invoke(script: string, request?: Request | TestRequest, host?: Host): Promise<InvokeAnswer>;

/** `host.call` of the handlers that `mik test --against` names; `undefined` without. */
export function realCall(): Host["call"] | undefined;
