// A small JSON reader: checks a whole document once (RFC 8259 grammar, UTF-8 not re-checked) and then looks values up in place.
#pragma once
#include "text.h"

// The exact text of one value inside the document.
typedef text json;

// False when `document` is not one JSON value with nothing but white space around it, or nests deeper than 32.
bool json_parse(text document, json *value);

// The value of the last member called `name`; false when `object` is not an object or has none.
bool json_member(json object, const char *name, json *value);

// Decodes a string with its escapes; false when `value` is not a string, or holds half a surrogate pair.
bool json_string(json value, text *decoded);
