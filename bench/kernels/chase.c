// Follows a ring of pointers through four megabytes in random order: waits for memory.
#include "kernel.h"

enum { NODES = 65536 };

typedef struct node {
    struct node *next;
    u32 value;
    u32 padding[14];
} node;

static node nodes[NODES];
static u32 order[NODES];

u32 EXPORT(run)(u32 n) {
    static int linked;
    if (!linked) {
        linked = 1;
        for (u32 i = 0; i < NODES; i++) {
            order[i] = i;
        }
        for (u32 i = NODES - 1; i > 0; i--) {
            u32 other = next_random() % (i + 1), swap = order[i];
            order[i] = order[other];
            order[other] = swap;
        }
        for (u32 i = 0; i < NODES; i++) {
            nodes[order[i]].next = &nodes[order[(i + 1) % NODES]];
            nodes[order[i]].value = i;
        }
    }

    u32 hash = 1;
    const node *at = nodes;
    for (u32 step = 0; step < n * 10000; step++) {
        hash = mix(hash, at->value);
        at = at->next;
    }
    return hash;
}
