// What all kernels have in common: no library, one export. run(n) does n units of work and gives back a number that depends on all of it,
// so that two engines can be held to the same answer.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

#define EXPORT(name) __attribute__((export_name(#name), visibility("default"))) name
#define NOINLINE __attribute__((noinline))

// xorshift: reproducible input.
static u32 random_state = 2463534242u;

static inline u32 next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

// FNV-1a over words.
static inline u32 mix(u32 hash, u32 value) { return (hash ^ value) * 16777619u; }
