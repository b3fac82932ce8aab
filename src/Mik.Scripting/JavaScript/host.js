// mik:host — the functions that the runtime offers to the modules of this directory, and to nobody else.
//
// The runtime puts them on the global object just before this module runs; once they are taken down no script can reach them.
// What crosses is kept to numbers, strings without U+0000, and byte ranges given as whole ArrayBuffers.

const functions = globalThis.__mik;
delete globalThis.__mik;

export const {
  register,   // (start, settle, fire, describe, setEntry): the entry points the runtime calls
  answer,     // (status, headersJson, contentType, content): the run is over; no headers and no type are undefined, content as in mik:bodies
  fail,       // (json): the run is over
  call,       // (id, handler, method, path, headersJson, contentType, timeoutMs, content) → string | undefined: starts a handler call, which
              //   `settle` will name by the id; a string says why it cannot; a negative timeout is none
  callNow,    // (handler, …) → string: makes a handler call and waits; the JSON of what mik:older returns
  log,        // (level, message)
  wakeAt,     // (milliseconds): wants `fire` to be called then; a negative number wants nothing
  now,        // () → milliseconds since the run began
  random,     // (length) → ArrayBuffer
  encode,     // (string) → ArrayBuffer: UTF-8
  decode,     // (buffer, encoding, isFatal) → string, ArrayBuffer of UTF-16, or undefined when fatal and invalid
} = functions;
