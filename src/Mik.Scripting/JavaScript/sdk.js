// mik-sdk — what scripts import.

export { script, ok, error } from "mik:answers";

// The names of the package's types. A TypeScript file that imports one without the word `type` still links.
export let ScriptRequest, ScriptAnswer, ScriptHandler, Host, CallOptions, CallAnswer, CallError, CallErrorCode, Problem, JsonValue;
