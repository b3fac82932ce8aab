#include "text.h"
#include "memory.h"

text text_of(const char *zero_terminated)
{
    uint32_t length = 0;
    while (zero_terminated[length] != 0) {
        length++;
    }

    return (text){zero_terminated, length};
}

bool text_equal(text left, text right)
{
    if (left.length != right.length) {
        return false;
    }

    for (uint32_t i = 0; i < left.length; i++) {
        if (left.bytes[i] != right.bytes[i]) {
            return false;
        }
    }

    return true;
}

void append(builder *to, text what)
{
    uint32_t needed = to->length + what.length;
    if (needed > to->capacity) {
        uint32_t capacity = needed < 128 ? 256 : needed * 2;
        char *grown = allocate(capacity, 1);
        __builtin_memcpy(grown, to->bytes, to->length);
        to->bytes = grown;
        to->capacity = capacity;
    }

    __builtin_memcpy(to->bytes + to->length, what.bytes, what.length);
    to->length = needed;
}

void append_number(builder *to, uint64_t number)
{
    char digits[20];
    uint32_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);

    append(to, (text){digits + start, sizeof digits - start});
}

void append_json_string(builder *to, text what)
{
    static const char hex[] = "0123456789abcdef";

    append(to, TEXT("\""));
    for (uint32_t i = 0; i < what.length; i++) {
        unsigned char byte = (unsigned char)what.bytes[i];
        if (byte == '"' || byte == '\\') {
            append(to, (text){(char[]){'\\', (char)byte}, 2});
        } else if (byte < 0x20) {
            append(to, (text){(char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6});
        } else {
            append(to, (text){what.bytes + i, 1});
        }
    }

    append(to, TEXT("\""));
}
