// Calls through tables: operators chosen by data, and objects with methods.
#include "kernel.h"

typedef u32 (*operation)(u32, u32);

static NOINLINE u32 add(u32 a, u32 b) { return a + b; }
static NOINLINE u32 subtract(u32 a, u32 b) { return a - b; }
static NOINLINE u32 exclusive(u32 a, u32 b) { return a ^ b; }
static NOINLINE u32 multiply(u32 a, u32 b) { return a * b + 1; }
static NOINLINE u32 turn(u32 a, u32 b) { return a << (b & 7) | a >> (24 + (b & 7)); }

static const operation operations[] = {add, subtract, exclusive, multiply, turn, exclusive, add, turn};

typedef struct shape shape;

struct shape {
    u32 (*area)(const shape *);
    void (*grow)(shape *, u32);
    u32 width, height;
};

static u32 rectangle_area(const shape *s) { return s->width * s->height; }
static u32 triangle_area(const shape *s) { return s->width * s->height / 2; }
static void grow_width(shape *s, u32 by) { s->width = (s->width + by) & 1023; }
static void grow_both(shape *s, u32 by) { s->width = (s->width + by) & 511, s->height = (s->height + 1) & 255; }

enum { SHAPES = 256 };

static shape shapes[SHAPES];
static u8 choices[4096];

u32 EXPORT(run)(u32 n) {
    random_state = 1;
    for (int i = 0; i < SHAPES; i++) {
        u32 kind = next_random();
        shape s = {kind & 1 ? rectangle_area : triangle_area, kind & 2 ? grow_width : grow_both, kind & 255, kind >> 24};
        shapes[i] = s;
    }
    for (u32 i = 0; i < sizeof choices; i++) {
        choices[i] = next_random() & 7;
    }

    u32 value = 1;
    for (u32 round = 0; round < n; round++) {
        for (u32 i = 0; i < sizeof choices; i++) {
            value = operations[choices[i]](value, i);
        }
        for (int i = 0; i < SHAPES; i++) {
            shapes[i].grow(&shapes[i], value & 15);
            value = mix(value, shapes[i].area(&shapes[i]));
        }
    }
    return value;
}
