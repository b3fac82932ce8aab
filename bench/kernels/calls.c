// Calls and little else: the Fibonacci numbers, the recursive way, and a chain of small functions.
#include "kernel.h"

static NOINLINE u32 fibonacci(u32 n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static NOINLINE u32 first(u32 a, u32 b, u32 c) { return a * 3 + b - c; }

static NOINLINE u32 second(u32 a, u32 b) { return first(a, b, a ^ b) + first(b, a, 5); }

static NOINLINE u32 third(u32 a) { return second(a, a + 1) ^ second(a >> 1, 9); }

u32 EXPORT(run)(u32 n) {
    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        hash = mix(hash, fibonacci(18 + round % 3));
        for (u32 i = 0; i < 2000; i++) {
            hash += third(hash + i);
        }
    }
    return hash;
}
