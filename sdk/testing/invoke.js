// invoke: a script as a client of the server would meet it.

// The test runner of mik puts itself here.
const Runner = Symbol.for("mik.testing");

// Whether tests run in the engine that serves scripts, so that invoke() works.
export function canInvoke() {
  return globalThis[Runner] !== undefined;
}

// Runs the script of that name in a fresh instance, with the limits, the reading of the request and the rules for answers that it is
// served with. Resolves to { status, headers, body }: what a client gets, problems included. `host` answers its calls; without one, the
// handlers that `mik test --against` names do.
export async function invoke(name, request, host) {
  const runner = globalThis[Runner];
  if (runner === undefined) {
    throw new Error("invoke() runs scripts as mik serves them, which only `mik test` can do: skip the test when canInvoke() is false");
  }

  return runner.invoke(name, request, host);
}

// The call that reaches real handlers, under `mik test --against`; undefined otherwise.
export function realCall() {
  return globalThis[Runner]?.call;
}
