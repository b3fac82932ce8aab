// Bytes with a length, and a builder for them.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *bytes;
    uint32_t length;
} text;

#define TEXT(literal) ((text){literal, sizeof(literal) - 1})

text text_of(const char *zero_terminated);
bool text_equal(text left, text right);

// Grows as needed; what outgrows its block leaves the old one behind (see memory.h).
typedef struct {
    char *bytes;
    uint32_t length;
    uint32_t capacity;
} builder;

void append(builder *to, text what);
void append_number(builder *to, uint64_t number);

// As a JSON string: quoted, with what JSON demands escaped.
void append_json_string(builder *to, text what);

static inline text built(const builder *from) { return (text){from->bytes, from->length}; }
