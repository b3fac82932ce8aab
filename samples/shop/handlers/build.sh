#!/usr/bin/env bash
# Builds the handlers of the shop into ../modules. The results are committed: running mik needs none of this.
#   ./build.sh           build all four and write ../modules/SHA256SUMS
#   ./build.sh --check   build into a scratch directory and compare with the committed sums
# Needs clang 19 with wasm-ld (Debian: clang-19 lld-19), Node 20 or newer, npm. Same tools, same bytes.
set -euo pipefail
cd "$(dirname "$0")"

modules=$PWD/../modules
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=$modules
[ "${1:-}" = --check ] && out=$scratch/modules && mkdir "$out"

[ -d node_modules ] || npm ci --no-audit --no-fund

source tools/compile.sh

for name in auth inventory; do
    compile_c "$scratch/$name.core.wasm" "$name/$name.c"
    componentize "$scratch/$name.core.wasm" handler utf8 "$out/$name.wasm"
done

for name in pricing orders; do
    compile_assemblyscript "$scratch/$name.core.wasm" "$name/$name.ts"
    componentize "$scratch/$name.core.wasm" handler utf16 "$out/$name.wasm"
done

if [ "${1:-}" = --check ]; then
    (cd "$out" && sha256sum --check "$modules/SHA256SUMS")
else
    (cd "$out" && sha256sum ./*.wasm | sed 's# \./# #' > SHA256SUMS && cat SHA256SUMS)
fi
