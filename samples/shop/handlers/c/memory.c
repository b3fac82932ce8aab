#include "memory.h"

#define PAGE 65536u

extern unsigned char __heap_base; // where the linker's own data ends

static uintptr_t top;

void *allocate(size_t size, size_t alignment)
{
    if (top == 0) {
        top = (uintptr_t)&__heap_base;
    }

    uintptr_t start = (top + alignment - 1) & ~(uintptr_t)(alignment - 1);
    uintptr_t limit = __builtin_wasm_memory_size(0) * PAGE;
    if (size > SIZE_MAX - start) {
        __builtin_trap();
    }

    uintptr_t end = start + size;
    if (end > limit && __builtin_wasm_memory_grow(0, (end - limit + PAGE - 1) / PAGE) == SIZE_MAX) {
        __builtin_trap();
    }

    top = end;
    return (void *)start;
}

uintptr_t memory_mark(void) { return (uintptr_t)allocate(0, 1); }

void memory_release(uintptr_t mark) { top = mark; }

// Called by the host for what it hands over: strings, lists, and chunks of the body.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t alignment, size_t size)
{
    void *block = allocate(size, alignment);
    if (old_size != 0) {
        __builtin_memcpy(block, old, old_size < size ? old_size : size);
    }

    return block;
}

// Without a C library the compiler still calls these two by name; with bulk memory each is one instruction.
void *memcpy(void *to, const void *from, size_t size) { return __builtin_memcpy(to, from, size); }

void *memset(void *to, int value, size_t size) { return __builtin_memset(to, value, size); }
