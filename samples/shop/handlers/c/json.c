#include "json.h"

#define DEEPEST 32

typedef struct {
    const char *at;
    const char *end;
} cursor;

static void skip_space(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r')) {
        c->at++;
    }
}

static bool take(cursor *c, char expected)
{
    if (c->at < c->end && *c->at == expected) {
        c->at++;
        return true;
    }

    return false;
}

static bool skip_word(cursor *c, text word)
{
    for (uint32_t i = 0; i < word.length; i++) {
        if (!take(c, word.bytes[i])) {
            return false;
        }
    }

    return true;
}

static bool skip_digits(cursor *c)
{
    const char *start = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') {
        c->at++;
    }

    return c->at > start;
}

static bool skip_number(cursor *c)
{
    take(c, '-');
    if (!take(c, '0') && !skip_digits(c)) {
        return false;
    }

    if (take(c, '.') && !skip_digits(c)) {
        return false;
    }

    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+')) {
            take(c, '-');
        }

        return skip_digits(c);
    }

    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

// Four hexadecimal digits, or -1.
static int32_t take_hex(cursor *c)
{
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = c->at < c->end ? hex_digit(*c->at++) : -1;
        if (digit < 0) {
            return -1;
        }

        unit = unit << 4 | digit;
    }

    return unit;
}

static bool skip_string(cursor *c)
{
    if (!take(c, '"')) {
        return false;
    }

    while (c->at < c->end) {
        unsigned char byte = (unsigned char)*c->at++;
        if (byte == '"') {
            return true;
        }

        if (byte < 0x20) {
            return false;
        }

        if (byte == '\\') {
            char escape = c->at < c->end ? *c->at++ : 0;
            switch (escape) {
            case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
                break;
            case 'u':
                if (take_hex(c) < 0) {
                    return false;
                }

                break;
            default:
                return false;
            }
        }
    }

    return false;
}

static bool skip_value(cursor *c, int depth);

// Members or elements after the opening bracket, up to and with the closing one.
static bool skip_items(cursor *c, int depth, bool named, char close)
{
    skip_space(c);
    if (take(c, close)) {
        return true;
    }

    do {
        skip_space(c);
        if (named) {
            if (!skip_string(c)) {
                return false;
            }

            skip_space(c);
            if (!take(c, ':')) {
                return false;
            }

            skip_space(c);
        }

        if (!skip_value(c, depth)) {
            return false;
        }

        skip_space(c);
    } while (take(c, ','));

    return take(c, close);
}

static bool skip_value(cursor *c, int depth)
{
    if (depth == DEEPEST || c->at == c->end) {
        return false;
    }

    switch (*c->at) {
    case '{':
        c->at++;
        return skip_items(c, depth + 1, true, '}');
    case '[':
        c->at++;
        return skip_items(c, depth + 1, false, ']');
    case '"':
        return skip_string(c);
    case 't':
        return skip_word(c, TEXT("true"));
    case 'f':
        return skip_word(c, TEXT("false"));
    case 'n':
        return skip_word(c, TEXT("null"));
    default:
        return skip_number(c);
    }
}

// The text of the value at the cursor, which is known to be well formed from here on.
static json take_value(cursor *c)
{
    const char *start = c->at;
    skip_value(c, 0);
    return (json){start, (uint32_t)(c->at - start)};
}

bool json_parse(text document, json *value)
{
    cursor c = {document.bytes, document.bytes + document.length};
    skip_space(&c);
    const char *start = c.at;
    if (!skip_value(&c, 0)) {
        return false;
    }

    *value = (json){start, (uint32_t)(c.at - start)};
    skip_space(&c);
    return c.at == c.end;
}

bool json_member(json object, const char *name, json *value)
{
    cursor c = {object.bytes, object.bytes + object.length};
    text wanted = text_of(name);
    bool found = false;
    if (!take(&c, '{')) {
        return false;
    }

    skip_space(&c);
    if (take(&c, '}')) {
        return false;
    }

    do {
        skip_space(&c);
        text key;
        bool same = json_string(take_value(&c), &key) && text_equal(key, wanted);
        skip_space(&c);
        take(&c, ':');
        skip_space(&c);
        json member = take_value(&c);
        if (same) {
            *value = member;
            found = true;
        }

        skip_space(&c);
    } while (take(&c, ','));

    return found;
}

static void append_utf8(builder *to, uint32_t point)
{
    char bytes[4];
    uint32_t length = 0;
    if (point < 0x80) {
        bytes[length++] = (char)point;
    } else if (point < 0x800) {
        bytes[length++] = (char)(0xC0 | point >> 6);
        bytes[length++] = (char)(0x80 | (point & 63));
    } else if (point < 0x10000) {
        bytes[length++] = (char)(0xE0 | point >> 12);
        bytes[length++] = (char)(0x80 | (point >> 6 & 63));
        bytes[length++] = (char)(0x80 | (point & 63));
    } else {
        bytes[length++] = (char)(0xF0 | point >> 18);
        bytes[length++] = (char)(0x80 | (point >> 12 & 63));
        bytes[length++] = (char)(0x80 | (point >> 6 & 63));
        bytes[length++] = (char)(0x80 | (point & 63));
    }

    append(to, (text){bytes, length});
}

// The code point of a \u escape, with the second half of a pair when it takes one; -1 for half a pair.
static int32_t take_code_point(cursor *c)
{
    int32_t unit = take_hex(c);
    if (unit < 0xD800 || unit > 0xDFFF) {
        return unit;
    }

    if (unit > 0xDBFF || !take(c, '\\') || !take(c, 'u')) {
        return -1;
    }

    int32_t low = take_hex(c);
    return low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00) : -1;
}

bool json_string(json value, text *decoded)
{
    if (value.length < 2 || value.bytes[0] != '"') {
        return false;
    }

    cursor c = {value.bytes + 1, value.bytes + value.length - 1};
    builder out = {0};
    while (c.at < c.end) {
        char byte = *c.at++;
        if (byte != '\\') {
            append(&out, (text){&byte, 1});
            continue;
        }

        char escape = *c.at++;
        int32_t point;
        switch (escape) {
        case 'b': point = '\b'; break;
        case 'f': point = '\f'; break;
        case 'n': point = '\n'; break;
        case 'r': point = '\r'; break;
        case 't': point = '\t'; break;
        case 'u': point = take_code_point(&c); break;
        default: point = escape; break;
        }

        if (point < 0) {
            return false;
        }

        append_utf8(&out, (uint32_t)point);
    }

    *decoded = built(&out);
    return true;
}
