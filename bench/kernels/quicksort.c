// Recursive quicksort of integers, insertion sort for short ranges.
#include "kernel.h"

enum { LENGTH = 20000 };

static int values[LENGTH];

static void sort(int *first, int *last) {
    while (last - first > 16) {
        int pivot = first[(last - first) / 2];
        int *i = first, *j = last;
        while (i <= j) {
            while (*i < pivot) {
                i++;
            }
            while (*j > pivot) {
                j--;
            }
            if (i <= j) {
                int swap = *i;
                *i++ = *j;
                *j-- = swap;
            }
        }
        sort(first, j);
        first = i;
    }
    for (int *i = first + 1; i <= last; i++) {
        int value = *i, *j = i;
        for (; j > first && j[-1] > value; j--) {
            *j = j[-1];
        }
        *j = value;
    }
}

u32 EXPORT(run)(u32 n) {
    random_state = 1;
    u32 hash = 1;
    for (u32 round = 0; round < n; round++) {
        for (int i = 0; i < LENGTH; i++) {
            values[i] = (int)next_random();
        }
        sort(values, values + LENGTH - 1);
        hash = mix(hash, (u32)values[(round * 997) % LENGTH]);
    }
    return hash;
}
