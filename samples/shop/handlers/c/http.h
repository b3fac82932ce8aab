// A request and a response as a handler likes to see them, over the raw calls of wasi_http.h.
#pragma once
#include <stdbool.h>
#include "text.h"
#include "wasi_http.h"

// The discriminants of wasi:http's variant method.
enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_PUT, METHOD_DELETE };

typedef struct {
    uint32_t method;
    text path; // without the query
    text query; // without the question mark
    text body;
    bool body_too_large;
} request;

// Reads everything and gives the request's handle back to the host. A body longer than `body_limit` is not kept.
request request_read(handle incoming, uint32_t body_limit);

// Answers with a complete body.
void respond(handle response_out, uint32_t status, const char *content_type, text body);

// Answers {"error": message}; `message` is plain ASCII without quotes.
void respond_error(handle response_out, uint32_t status, const char *message);
