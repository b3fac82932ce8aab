#include "http.h"

#define READ_SIZE 16384
#define WRITE_LIMIT 4096 // what one blocking-write-and-flush takes

static handle expect_handle(const return_area *area)
{
    if (FAILED(*area)) {
        __builtin_trap(); // the host refused what the protocol guarantees: there is no sensible answer
    }

    return (handle)area->words[1];
}

static void split_path(request *into, text path)
{
    uint32_t end = 0;
    while (end < path.length && path.bytes[end] != '?') {
        end++;
    }

    into->path = (text){path.bytes, end};
    if (end < path.length) {
        into->query = (text){path.bytes + end + 1, path.length - end - 1};
    }
}

static void read_body(request *into, handle stream, uint32_t limit)
{
    builder body = {0};
    return_area area;
    for (;;) {
        input_stream_read(stream, READ_SIZE, &area);
        if (FAILED(area)) {
            break;
        }

        text chunk = {(const char *)area.words[1], area.words[2]};
        if (chunk.length > limit - body.length) {
            into->body_too_large = true;
            return;
        }

        append(&body, chunk);
    }

    // The stream ends with `closed` (1); `last-operation-failed` (0) carries an error to give back.
    if (area.bytes[4] == 0) {
        io_error_drop((handle)area.words[2]);
    }

    into->body = built(&body);
}

request request_read(handle incoming, uint32_t body_limit)
{
    request result = {0};
    return_area area;

    incoming_request_method(incoming, &area);
    result.method = area.bytes[0];

    incoming_request_path(incoming, &area);
    text path = area.bytes[0] != 0 ? (text){(const char *)area.words[1], area.words[2]} : TEXT("/");
    split_path(&result, path);

    incoming_request_consume(incoming, &area);
    handle body = expect_handle(&area);
    incoming_body_stream(body, &area);
    handle stream = expect_handle(&area);
    read_body(&result, stream, body_limit);

    // Children before parents.
    input_stream_drop(stream);
    incoming_body_drop(body);
    incoming_request_drop(incoming);
    return result;
}

void respond(handle response_out, uint32_t status, const char *content_type, text body)
{
    return_area area;

    handle headers = fields_new();
    text type = text_of(content_type);
    fields_append(headers, "content-type", 12, type.bytes, type.length, &area);

    handle response = outgoing_response_new(headers);
    outgoing_response_set_status(response, status);
    outgoing_response_body(response, &area);
    handle outgoing = expect_handle(&area);
    outgoing_body_write(outgoing, &area);
    handle stream = expect_handle(&area);

    response_outparam_set(response_out, 0, response, 0, 0, 0, 0, 0, 0);

    while (body.length != 0) {
        uint32_t part = body.length < WRITE_LIMIT ? body.length : WRITE_LIMIT;
        output_stream_write(stream, body.bytes, part, &area);
        if (FAILED(area)) {
            break; // the client went away; nobody is left to tell
        }

        body.bytes += part;
        body.length -= part;
    }

    output_stream_drop(stream);
    outgoing_body_finish(outgoing, 0, 0, &area);
}

void respond_error(handle response_out, uint32_t status, const char *message)
{
    builder body = {0};
    append(&body, TEXT("{\"error\":"));
    append_json_string(&body, text_of(message));
    append(&body, TEXT("}"));
    respond(response_out, status, "application/json", built(&body));
}
