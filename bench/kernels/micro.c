// What the micro-benchmarks call: entries that do next to nothing, one that calls the host, and one that writes pages of a two-megabyte memory.
#include "kernel.h"

enum { PAGE = 4096, PAGES = 400 };

static u8 pages[PAGES * PAGE];

__attribute__((import_module("host"), import_name("add"))) u32 host_add(u32 a, u32 b);

u32 EXPORT(add)(u32 a, u32 b) { return a + b; }

u32 EXPORT(call_host)(u32 a, u32 b) { return host_add(a, b); }

// Fills all of the memory, for an image with something in every page.
void EXPORT(fill)(void) {
    for (u32 i = 0; i < sizeof pages; i++) {
        pages[i] = (u8)(i % 251 + 1);
    }
}

void EXPORT(touch)(u32 count) {
    for (u32 i = 0; i < count; i++) {
        pages[i * 25 % PAGES * PAGE]++;
    }
}
