// Planets under gravity: square roots and divisions of doubles.
#include "kernel.h"

enum { BODIES = 5 };

typedef struct {
    double x, y, z, vx, vy, vz, mass;
} body;

static body bodies[BODIES];

static NOINLINE void advance(double dt) {
    for (int i = 0; i < BODIES; i++) {
        body *a = &bodies[i];
        for (int j = i + 1; j < BODIES; j++) {
            body *b = &bodies[j];
            double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;
            double squared = dx * dx + dy * dy + dz * dz;
            double magnitude = dt / (squared * __builtin_sqrt(squared));
            a->vx -= dx * b->mass * magnitude;
            a->vy -= dy * b->mass * magnitude;
            a->vz -= dz * b->mass * magnitude;
            b->vx += dx * a->mass * magnitude;
            b->vy += dy * a->mass * magnitude;
            b->vz += dz * a->mass * magnitude;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

u32 EXPORT(run)(u32 n) {
    for (int i = 0; i < BODIES; i++) {
        body start = {5.0 * i, 1.0 + i * i, 0.5 * i, 0.1 * i, 0.02 * (BODIES - i), -0.01 * i, i == 0 ? 39.5 : 0.01 * i};
        bodies[i] = start;
    }
    for (u32 step = 0; step < 1000 * n; step++) {
        advance(0.001);
    }
    double sum = 0;
    for (int i = 0; i < BODIES; i++) {
        sum += bodies[i].x + bodies[i].y + bodies[i].z;
    }
    return (u32)(u64)(long long)(sum * 1000000.0);
}
