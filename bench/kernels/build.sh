#!/usr/bin/env bash
# Builds the kernels into built/. The results are committed: running the benchmark needs none of this.
#   ./build.sh           build all and write built/SHA256SUMS
#   ./build.sh --check   build into a scratch directory and compare with the committed sums
# Needs clang-19 and lld-19.
set -euo pipefail
cd "$(dirname "$0")"

built=$PWD/built
out=$built
if [ "${1:-}" = --check ]; then
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
fi

mkdir -p "$out"
for source in *.c; do
    name=${source%.c}
    features=(-mbulk-memory) extra=()
    [ "$name" = micro ] && extra+=(-Wl,--initial-memory=2097152 -Wl,--max-memory=2097152)
    [[ $name == *_simd ]] && features+=(-msimd128)
    clang-19 --target=wasm32 -O2 -std=c17 -Wall -Wextra -Werror -ffreestanding -nostdlib "${features[@]}" \
        -Wl,--no-entry -Wl,--strip-all "${extra[@]}" -o "$out/$name.wasm" "$source"
done

if [ "${1:-}" = --check ]; then
    (cd "$out" && sha256sum --check "$built/SHA256SUMS")
else
    (cd "$out" && sha256sum ./*.wasm | sed 's# \./# #' > SHA256SUMS && cat SHA256SUMS)
fi
