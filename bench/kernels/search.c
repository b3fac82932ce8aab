// Finds strings in a text: Horspool's algorithm, and counting words byte by byte.
#include "kernel.h"

enum { LENGTH = 65536 };

static u8 text[LENGTH];
static u8 skip[256];

static NOINLINE u32 find_all(const u8 *needle, u32 length) {
    for (int i = 0; i < 256; i++) {
        skip[i] = (u8)length;
    }
    for (u32 i = 0; i + 1 < length; i++) {
        skip[needle[i]] = (u8)(length - 1 - i);
    }
    u32 found = 0;
    for (u32 at = 0; at + length <= LENGTH; at += skip[text[at + length - 1]]) {
        u32 i = length;
        while (i > 0 && text[at + i - 1] == needle[i - 1]) {
            i--;
        }
        found += i == 0 ? at + 1 : 0;
    }
    return found;
}

static NOINLINE u32 count_words(void) {
    u32 words = 0;
    int inside = 0;
    for (u32 i = 0; i < LENGTH; i++) {
        int letter = text[i] >= 'a' && text[i] <= 'z';
        words += letter && !inside;
        inside = letter;
    }
    return words;
}

u32 EXPORT(run)(u32 n) {
    static const u8 letters[] = "etaoin shrdlu";
    random_state = 1;
    for (u32 i = 0; i < LENGTH; i++) {
        text[i] = letters[next_random() % (sizeof letters - 1)];
    }
    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        u32 from = (round * 7919) % (LENGTH - 16);
        hash = mix(hash, find_all(text + from, 4 + round % 12));
        hash = mix(hash, count_words());
    }
    return hash;
}
