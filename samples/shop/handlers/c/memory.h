// The whole memory management of these handlers: a pointer that only moves up. Every request runs in an instance of its own, so the
// end of the request is the end of the memory.
#pragma once
#include <stddef.h>
#include <stdint.h>

void *allocate(size_t size, size_t alignment);

// For handlers that stream: what was allocated after the mark is given back.
uintptr_t memory_mark(void);
void memory_release(uintptr_t mark);
