// Multiplies two matrices of doubles, the second one transposed beforehand.
#include "kernel.h"

enum { N = 96 };

static double a[N][N], b[N][N], c[N][N];

u32 EXPORT(run)(u32 n) {
    random_state = 1;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = (next_random() & 1023) / 32.0;
            b[i][j] = (next_random() & 1023) / 32.0;
        }
    }

    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        for (int i = 0; i < N; i++) {
            for (int j = 0; j < N; j++) {
                double sum = 0;
                for (int k = 0; k < N; k++) {
                    sum += a[i][k] * b[j][k];
                }
                c[i][j] = sum;
            }
        }
        a[round % N][round % N] += 1;
        hash = mix(hash, (u32)(u64)c[round % N][(round * 7) % N]);
    }
    return hash;
}
