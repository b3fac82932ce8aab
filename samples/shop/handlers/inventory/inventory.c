// inventory: how many of an item are on the shelf?
//
//   POST /  {"sku": "tea"}   200 {"sku": "tea", "quantity": 12}
//                            404 {"error": …}  unknown item
//                            400 {"error": …}  not JSON, or no sku in it
//   GET  /                   200 [{"sku": …, "quantity": …}, …]
//   other methods            405
#include "../c/http.h"
#include "../c/json.h"

#define BODY_LIMIT 16384

typedef struct {
    const char *sku;
    uint32_t quantity;
} shelf;

static const shelf shelves[] = {{"tea", 12}, {"coffee", 5}, {"cup", 1}, {"teapot", 0}};

#define SHELVES (sizeof shelves / sizeof shelves[0])

static void append_shelf(builder *to, const shelf *item)
{
    append(to, TEXT("{\"sku\":"));
    append_json_string(to, text_of(item->sku));
    append(to, TEXT(",\"quantity\":"));
    append_number(to, item->quantity);
    append(to, TEXT("}"));
}

static text all_shelves(void)
{
    builder body = {0};
    for (uint32_t i = 0; i < SHELVES; i++) {
        append(&body, i == 0 ? TEXT("[") : TEXT(","));
        append_shelf(&body, &shelves[i]);
    }

    append(&body, TEXT("]"));
    return built(&body);
}

static const shelf *find_shelf(text sku)
{
    for (uint32_t i = 0; i < SHELVES; i++) {
        if (text_equal(sku, text_of(shelves[i].sku))) {
            return &shelves[i];
        }
    }

    return 0;
}

HANDLE(handle incoming, handle response_out)
{
    request request = request_read(incoming, BODY_LIMIT);
    if (request.method == METHOD_GET) {
        respond(response_out, 200, "application/json", all_shelves());
        return;
    }

    if (request.method != METHOD_POST) {
        respond_error(response_out, 405, "send a GET or a POST");
        return;
    }

    json document, member;
    text sku;
    if (request.body_too_large || !json_parse(request.body, &document)) {
        respond_error(response_out, 400, "the body is not JSON");
        return;
    }

    if (!json_member(document, "sku", &member) || !json_string(member, &sku)) {
        respond_error(response_out, 400, "sku is missing or not a string");
        return;
    }

    const shelf *item = find_shelf(sku);
    if (item == 0) {
        respond_error(response_out, 404, "no such item");
        return;
    }

    builder body = {0};
    append_shelf(&body, item);
    respond(response_out, 200, "application/json", built(&body));
}
