// The Mandelbrot set, four points at a time.
#include "kernel.h"
#include <wasm_simd128.h>

enum { SIZE = 128, LIMIT = 200 };

u32 EXPORT(run)(u32 n) {
    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        float shift = round * 0.0001f;
        for (int row = 0; row < SIZE; row++) {
            v128_t ci = wasm_f32x4_splat(2.0f * row / SIZE - 1.0f);
            for (int column = 0; column < SIZE; column += 4) {
                v128_t cr = wasm_f32x4_make(column, column + 1, column + 2, column + 3);
                cr = wasm_f32x4_add(wasm_f32x4_mul(cr, wasm_f32x4_splat(2.0f / SIZE)), wasm_f32x4_splat(shift - 1.5f));
                v128_t zr = wasm_f32x4_splat(0), zi = zr, counts = zr;
                for (u32 i = 0; i < LIMIT; i++) {
                    v128_t rr = wasm_f32x4_mul(zr, zr), ii = wasm_f32x4_mul(zi, zi);
                    v128_t inside = wasm_f32x4_le(wasm_f32x4_add(rr, ii), wasm_f32x4_splat(4.0f));
                    if (!wasm_v128_any_true(inside)) {
                        break;
                    }
                    counts = wasm_i32x4_sub(counts, inside);
                    v128_t product = wasm_f32x4_mul(zr, zi);
                    zi = wasm_f32x4_add(wasm_f32x4_add(product, product), ci);
                    zr = wasm_f32x4_add(wasm_f32x4_sub(rr, ii), cr);
                }
                hash = mix(hash, wasm_i32x4_extract_lane(counts, 0));
                hash = mix(hash, wasm_i32x4_extract_lane(counts, 1));
                hash = mix(hash, wasm_i32x4_extract_lane(counts, 2));
                hash = mix(hash, wasm_i32x4_extract_lane(counts, 3));
            }
        }
    }
    return hash;
}
