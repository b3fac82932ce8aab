// The Mandelbrot set, one point at a time.
#include "kernel.h"

enum { SIZE = 64, LIMIT = 200 };

u32 EXPORT(run)(u32 n) {
    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        double shift = round * 0.0001;
        for (int row = 0; row < SIZE; row++) {
            double ci = 2.0 * row / SIZE - 1.0;
            for (int column = 0; column < SIZE; column++) {
                double cr = 2.0 * column / SIZE - 1.5 + shift;
                double zr = 0, zi = 0;
                u32 count = 0;
                while (count < LIMIT && zr * zr + zi * zi <= 4.0) {
                    double next = zr * zr - zi * zi + cr;
                    zi = 2.0 * zr * zi + ci;
                    zr = next;
                    count++;
                }
                hash = mix(hash, count);
            }
        }
    }
    return hash;
}
