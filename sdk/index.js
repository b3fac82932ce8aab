// mik-sdk — what scripts import. The runtime embeds this very file.

export { script, ok, error } from "./answers.js";
export { HostCallError } from "./calls.js";

// The names of the types in index.d.ts. A TypeScript file that imports one without the word `type` still links.
export let Answer, AnswerOptions, Headers, HeadersToSend, HeaderValue, Host, HostCallErrorCode, HostCallOptions, HostResponse, Problem, Request,
  Script, ScriptHandler;
