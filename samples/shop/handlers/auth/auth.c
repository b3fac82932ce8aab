// auth: who does this token belong to?
//
//   POST /  {"token": "demo"}   200 {"customer": "demo-customer"}
//                               401 {"error": …}  any other token
//                               400 {"error": …}  not JSON, or no token in it
//   other methods               405
#include "../c/http.h"
#include "../c/json.h"

#define BODY_LIMIT 16384

HANDLE(handle incoming, handle response_out)
{
    request request = request_read(incoming, BODY_LIMIT);
    if (request.method != METHOD_POST) {
        respond_error(response_out, 405, "send a POST");
        return;
    }

    json document, member;
    text token;
    if (request.body_too_large || !json_parse(request.body, &document)) {
        respond_error(response_out, 400, "the body is not JSON");
        return;
    }

    if (!json_member(document, "token", &member) || !json_string(member, &token)) {
        respond_error(response_out, 400, "token is missing or not a string");
        return;
    }

    // A real one would check a signature; a sample needs one customer who may come in.
    if (!text_equal(token, TEXT("demo"))) {
        respond_error(response_out, 401, "unknown token");
        return;
    }

    respond(response_out, 200, "application/json", TEXT("{\"customer\":\"demo-customer\"}"));
}
