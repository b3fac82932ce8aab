// A loop that interprets a stack machine's byte code, as script engines do.
#include "kernel.h"

enum { PUSH, LOAD, STORE, ADD, SUB, MUL, AND, XOR, SHIFT, LESS, JUMP_IF, JUMP, DUP, SWAP, CALL, RETURN, HALT };

// x = 0; for (i = 0; i < limit; i++) x = mix(x) via a subroutine at 40.
static const u8 program[] = {
    PUSH, 0, STORE, 0,                    //  0: x = 0
    PUSH, 0, STORE, 1,                    //  4: i = 0
    LOAD, 1, LOAD, 2, LESS, JUMP_IF, 18,  //  8: while (i < limit)
    HALT, 0, 0,                           // 15
    LOAD, 0, LOAD, 1, CALL, 40,           // 18: x = mix(x, i)
    STORE, 0,                             // 24
    LOAD, 1, PUSH, 1, ADD, STORE, 1,      // 26: i = i + 1
    JUMP, 8, 0, 0, 0, 0, 0,               // 33
    XOR, DUP, PUSH, 13, SHIFT, SWAP,      // 40: mix(x, i)
    PUSH, 31, MUL, ADD, DUP,              // 46
    LOAD, 1, PUSH, 255, AND, SUB, XOR,    // 51
    RETURN,                               // 58
};

static u32 stack[64];
static u32 variables[4];
static u32 returns[16];

static NOINLINE u32 interpret(u32 limit) {
    const u8 *at = program;
    u32 *top = stack;
    u32 *back = returns;
    variables[2] = limit;
    for (;;) {
        switch (*at++) {
            case PUSH: *top++ = *at++; break;
            case LOAD: *top++ = variables[*at++]; break;
            case STORE: variables[*at++] = *--top; break;
            case ADD: top--; top[-1] += *top; break;
            case SUB: top--; top[-1] -= *top; break;
            case MUL: top--; top[-1] *= *top; break;
            case AND: top--; top[-1] &= *top; break;
            case XOR: top--; top[-1] ^= *top; break;
            case SHIFT: top--; top[-1] = top[-1] << (*top & 31) | top[-1] >> (32 - (*top & 31)); break;
            case LESS: top--; top[-1] = top[-1] < *top; break;
            case JUMP_IF: top--; at = *top ? program + *at : at + 1; break;
            case JUMP: at = program + *at; break;
            case DUP: top[0] = top[-1]; top++; break;
            case SWAP: { u32 first = top[-1]; top[-1] = top[-2]; top[-2] = first; break; }
            case CALL: *back++ = (u32)(at + 1 - program); at = program + *at; break;
            case RETURN: at = program + *--back; break;
            default: return variables[0];
        }
    }
}

u32 EXPORT(run)(u32 n) { return interpret(n * 10000); }
