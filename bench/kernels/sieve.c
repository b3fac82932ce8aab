// The sieve of Eratosthenes over bytes.
#include "kernel.h"

enum { LIMIT = 200000 };

static u8 composite[LIMIT];

u32 EXPORT(run)(u32 n) {
    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < LIMIT; i++) {
            composite[i] = 0;
        }
        u32 count = 0;
        for (u32 i = 2; i < LIMIT; i++) {
            if (composite[i]) {
                continue;
            }
            count++;
            for (u32 k = i + i; k < LIMIT; k += i) {
                composite[k] = 1;
            }
        }
        hash = mix(hash, count);
    }
    return hash;
}
