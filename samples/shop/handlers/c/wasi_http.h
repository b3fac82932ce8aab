// Hand-written bindings for the part of wasi:http and wasi:io that handler.wit lists.
//
// Each declaration is the flattened form the canonical ABI gives the WIT function: handles and enums are i32, a string or list is
// pointer + length, and a result that does not fit one value is written to a return area whose address is the last parameter.
#pragma once
#include <stdint.h>

#define WASI_IMPORT(interface, name) __attribute__((import_module(interface "@0.2.0"), import_name(name)))

typedef int32_t handle;

// Large and aligned enough for every result below. Word 0 holds the discriminant in its first byte.
typedef union {
    uint8_t bytes[64];
    uint32_t words[16];
    uint64_t longs[8];
} return_area;

#define FAILED(area) ((area).bytes[0] != 0)

#define HTTP(name) WASI_IMPORT("wasi:http/types", name)

// variant method: discriminant, then pointer and length of an unusual method's name.
HTTP("[method]incoming-request.method") void incoming_request_method(handle self, return_area *out);
// option<string>: discriminant, pointer, length.
HTTP("[method]incoming-request.path-with-query") void incoming_request_path(handle self, return_area *out);
HTTP("[method]incoming-request.headers") handle incoming_request_headers(handle self);
// result<handle>: discriminant, handle. The same for the next six that take an area.
HTTP("[method]incoming-request.consume") void incoming_request_consume(handle self, return_area *out);
HTTP("[resource-drop]incoming-request") void incoming_request_drop(handle self);
HTTP("[method]incoming-body.stream") void incoming_body_stream(handle self, return_area *out);
HTTP("[resource-drop]incoming-body") void incoming_body_drop(handle self);
HTTP("[constructor]fields") handle fields_new(void);
// list<list<u8>>: pointer to (pointer, length) pairs, count.
HTTP("[method]fields.get") void fields_get(handle self, const char *name, uint32_t name_length, return_area *out);
HTTP("[method]fields.append")
void fields_append(handle self, const char *name, uint32_t name_length, const void *value, uint32_t value_length, return_area *out);
// list<tuple<string, list<u8>>>: pointer to (pointer, length, pointer, length) rows, count.
HTTP("[method]fields.entries") void fields_entries(handle self, return_area *out);
HTTP("[resource-drop]fields") void fields_drop(handle self);
HTTP("[constructor]outgoing-response") handle outgoing_response_new(handle headers);
HTTP("[method]outgoing-response.set-status-code") int32_t outgoing_response_set_status(handle self, uint32_t status);
HTTP("[method]outgoing-response.body") void outgoing_response_body(handle self, return_area *out);
HTTP("[method]outgoing-body.write") void outgoing_body_write(handle self, return_area *out);
// result<_, error-code> with optional trailers (discriminant, handle).
HTTP("[static]outgoing-body.finish") void outgoing_body_finish(handle self, int32_t has_trailers, handle trailers, return_area *out);
// result<outgoing-response, error-code>, flattened: discriminant, then the response's handle or the widest error-code joined.
HTTP("[static]response-outparam.set")
void response_outparam_set(handle self, int32_t is_error, int32_t payload0, int32_t payload1, int64_t payload2, int32_t payload3,
                           int32_t payload4, int32_t payload5, int32_t payload6);

#define STREAMS(name) WASI_IMPORT("wasi:io/streams", name)

// result<list<u8>, stream-error>: discriminant, then pointer and length, or the error's discriminant and its error handle.
STREAMS("[method]input-stream.blocking-read") void input_stream_read(handle self, uint64_t length, return_area *out);
STREAMS("[resource-drop]input-stream") void input_stream_drop(handle self);
// At most 4096 bytes a call.
STREAMS("[method]output-stream.blocking-write-and-flush")
void output_stream_write(handle self, const void *bytes, uint32_t length, return_area *out);
STREAMS("[resource-drop]output-stream") void output_stream_drop(handle self);

WASI_IMPORT("wasi:io/error", "[resource-drop]error") void io_error_drop(handle self);

// Only in components of the world timed-handler.
WASI_IMPORT("wasi:clocks/monotonic-clock", "subscribe-duration") handle clock_subscribe_duration(uint64_t nanoseconds);
WASI_IMPORT("wasi:io/poll", "[method]pollable.block") void pollable_block(handle self);
WASI_IMPORT("wasi:io/poll", "[resource-drop]pollable") void pollable_drop(handle self);

// The one function a handler exports. It owns both handles.
#define HANDLE __attribute__((export_name("wasi:http/incoming-handler@0.2.0#handle"))) void handle_request
