#!/usr/bin/env bash
# Builds the kernels into built/. The results are committed: running the benchmark needs none of this.
#   ./build.sh           build all and write built/SHA256SUMS
#   ./build.sh --check   build into a scratch directory and compare with the committed sums
# Needs clang-19 and lld-19. Linked in a step of its own: clang would then run any wasm-opt it finds on the PATH.
set -euo pipefail
cd "$(dirname "$0")"

built=$PWD/built
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
out=$built
[ "${1:-}" = --check ] && out=$scratch/built

mkdir -p "$out"
for source in *.c; do
    name=${source%.c}
    features=(-mbulk-memory) extra=()
    [ "$name" = micro ] && extra+=(--initial-memory=2097152 --max-memory=2097152)
    [[ $name == *_simd ]] && features+=(-msimd128)
    clang-19 --target=wasm32 -O2 -std=c17 -Wall -Wextra -Werror -ffreestanding "${features[@]}" -c "$source" -o "$scratch/$name.o"
    wasm-ld-19 --no-entry --strip-all "${extra[@]}" -o "$out/$name.wasm" "$scratch/$name.o"
done

if [ "${1:-}" = --check ]; then
    (cd "$out" && sha256sum --check "$built/SHA256SUMS")
else
    (cd "$out" && sha256sum ./*.wasm | sed 's# \./# #' > SHA256SUMS && cat SHA256SUMS)
fi
