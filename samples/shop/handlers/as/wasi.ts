// Hand-written bindings for the part of wasi:http and wasi:io that handler.wit lists; c/wasi_http.h has the same list with the
// layout of each result. These components declare UTF-16 strings, so an AssemblyScript string crosses as it lies in memory: its
// address and its length in code units.

// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]incoming-request.method")
export declare function incomingRequestMethod(self: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]incoming-request.consume")
export declare function incomingRequestConsume(self: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[resource-drop]incoming-request")
export declare function incomingRequestDrop(self: i32): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]incoming-body.stream")
export declare function incomingBodyStream(self: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[resource-drop]incoming-body")
export declare function incomingBodyDrop(self: i32): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[constructor]fields")
export declare function fieldsNew(): i32;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]fields.append")
export declare function fieldsAppend(self: i32, name: string, nameLength: i32, value: usize, valueLength: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[constructor]outgoing-response")
export declare function outgoingResponseNew(headers: i32): i32;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]outgoing-response.set-status-code")
export declare function outgoingResponseSetStatus(self: i32, status: i32): i32;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]outgoing-response.body")
export declare function outgoingResponseBody(self: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[method]outgoing-body.write")
export declare function outgoingBodyWrite(self: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[static]outgoing-body.finish")
export declare function outgoingBodyFinish(self: i32, hasTrailers: i32, trailers: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:http/types@0.2.0", "[static]response-outparam.set")
export declare function responseOutparamSet(self: i32, isError: i32, p0: i32, p1: i32, p2: i64, p3: i32, p4: i32, p5: i32, p6: i32): void;
// @ts-ignore: decorator
@external("wasi:io/streams@0.2.0", "[method]input-stream.blocking-read")
export declare function inputStreamRead(self: i32, length: i64, out: usize): void;
// @ts-ignore: decorator
@external("wasi:io/streams@0.2.0", "[resource-drop]input-stream")
export declare function inputStreamDrop(self: i32): void;
// @ts-ignore: decorator
@external("wasi:io/streams@0.2.0", "[method]output-stream.blocking-write-and-flush")
export declare function outputStreamWrite(self: i32, bytes: usize, length: i32, out: usize): void;
// @ts-ignore: decorator
@external("wasi:io/streams@0.2.0", "[resource-drop]output-stream")
export declare function outputStreamDrop(self: i32): void;
// @ts-ignore: decorator
@external("wasi:io/error@0.2.0", "[resource-drop]error")
export declare function ioErrorDrop(self: i32): void;

// Called by the host for what it hands over: strings, lists, and chunks of the body. Nothing is freed: the instance lives for one
// request.
export function cabi_realloc(old: usize, oldSize: usize, alignment: usize, size: usize): usize {
  const block = heap.alloc(size); // aligned to 16, more than any WASI type asks for
  if (oldSize != 0) {
    memory.copy(block, old, min(oldSize, size));
  }

  return block;
}
