# How sources become components; sourced by build.sh here and by the build of the test guests.
handlers=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# compile_c <core.wasm> <source> [clang flags…]: freestanding C with the bindings of ../c. The stack comes first in memory, so that
# running over it hits address zero's side and traps instead of overwriting data. Linked in a step of its own: clang would then run any
# wasm-opt it finds on the PATH, and the bytes would depend on that.
compile_c() {
    local out=$1 source=$2 objects
    local flags=(--target=wasm32-unknown-unknown -std=c17 -Os -Wall -Wextra -Werror -mbulk-memory -ffreestanding -fno-builtin "${@:3}")
    objects=$(mktemp -d)
    clang-19 "${flags[@]}" -c "$source" -o "$objects/0.o"
    (cd "$objects" && clang-19 "${flags[@]}" -c "$handlers"/c/*.c)
    wasm-ld-19 --no-entry --strip-all --gc-sections --stack-first -z stack-size=32768 -o "$out" "$objects"/*.o
    rm -r "$objects"
}

# compile_assemblyscript <core.wasm> <source>
compile_assemblyscript() {
    "$handlers/node_modules/.bin/asc" "$2" --outFile "$1" -Osize --noColors --runtime stub --use abort= --noAssert \
        --transform "$handlers/tools/export-handler.mjs"
}

# componentize <core.wasm> <world> <utf8|utf16> <out.wasm> [more.wit]
componentize() {
    node "$handlers/tools/componentize.mjs" "$@"
}
