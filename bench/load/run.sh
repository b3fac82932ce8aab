#!/usr/bin/env bash
# Requests per second over loopback: mik (Release), and workerd with the same composition when it is there, turn about.
#   bench/load/run.sh [rounds=5] [seconds=5]
#
#   hello      GET  the handler http_hello               a trivial handler
#   inventory  POST the handler inventory                a small handler that reads JSON; workerd's inventory worker beside it
#   compose    POST the script compose                   a script and two handler calls; workerd's checkout worker beside it
#
# Needs wrk. The peer needs its configuration in ../shared/bench beside the repository and WORKERD=<path of the binary>, or node_modules
# with the npm package workerd there. Read the ratios: absolute numbers are those of the machine and its mood.
set -euo pipefail
cd "$(dirname "$0")/../.."

rounds=${1:-5}
seconds=${2:-5}
here=bench/load
peers=../shared/bench/peers/workerd
port=${PORT:-3999}
scratch=$(mktemp -d)
pids=()

finish() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2> /dev/null && wait "$pid" 2> /dev/null || true
    done
    rm -rf "$scratch"
}
trap finish EXIT

command -v wrk > /dev/null || { echo "wrk is missing (Debian: apt-get install wrk)" >&2; exit 2; }

# answers <url>: up to 30 seconds
answers() {
    for _ in $(seq 150); do
        curl -s -o "$scratch/answer" -m 2 "$@" && return
        sleep 0.2
    done
    echo "no answer from $1" >&2
    return 1
}

# 1. mik, built once and started without `dotnet run` so that its process id is known.
dotnet build src/Mik.Cli -c Release -v quiet
cp -r $here/app "$scratch/app"
mkdir "$scratch/app/modules"
cp samples/shop/modules/{inventory,pricing}.wasm fixtures/guests/built/http_hello.wasm "$scratch/app/modules/"
mik=artifacts/bin/Mik.Cli/release/mik.dll
PORT=$port dotnet "$mik" run "$scratch/app" > "$scratch/mik.log" 2>&1 &
pids+=($!)
answers "http://127.0.0.1:$port/health" || { cat "$scratch/mik.log" >&2; exit 1; }

# 2. The peer.
workerd=${WORKERD:-$(ls ../shared/bench/node_modules/@cloudflare/workerd-linux-64/bin/workerd 2> /dev/null || true)}
peer=no
if [ -n "$workerd" ] && [ -d "$peers" ]; then
    "$workerd" serve "$peers/config.capnp" > "$scratch/workerd.log" 2>&1 &
    pids+=($!)
    answers -d '{"sku":"tea"}' -H 'content-type: application/json' http://127.0.0.1:8701/ && peer=yes
else
    echo "no workerd (set WORKERD, and have its configuration in $peers): measuring mik alone"
fi

# 3. The rounds. load <name> <url> [wrk options…]: one line "name requests-per-second p99 errors".
load() {
    local name=$1 url=$2
    shift 2
    timeout $((seconds + 20)) wrk -t1 -c32 -d"${seconds}s" --latency "$@" "$url" > "$scratch/wrk.txt"
    awk -v name="$name" '/Requests\/sec/ { rate = $2 } /99%/ { tail = $2 } /Non-2xx/ { bad = $NF } END { print name, rate, tail, bad + 0 }' \
        "$scratch/wrk.txt" | tee -a "$scratch/results"
}

once() {
    load mik-hello "http://127.0.0.1:$port/run/http_hello/"
    load mik-inventory "http://127.0.0.1:$port/run/inventory/" -s $here/post.lua
    [ $peer = no ] || load workerd-inventory http://127.0.0.1:8702/ -s $here/post.lua
    load mik-compose "http://127.0.0.1:$port/script/compose" -s $here/post.lua
    [ $peer = no ] || load workerd-compose http://127.0.0.1:8701/ -s $here/post.lua
}

echo "warm-up"
once
: > "$scratch/results"
for round in $(seq "$rounds"); do
    echo "round $round of $rounds"
    once
done

# 4. Medians and ratios.
echo
awk '
    { rates[$1] = rates[$1] " " $2; bad[$1] += $4 }
    function median(list,   v, n, i, j, t) {
        n = split(list, v, " ")
        for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
        return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
    }
    END {
        for (name in rates) { m[name] = median(rates[name]); printf "%-20s median %9.0f req/s   not 2xx: %d\n", name, m[name], bad[name] | "sort" }
        close("sort")
        split("inventory compose", kinds, " ")
        for (k = 1; k <= 2; k++) if (("workerd-" kinds[k]) in m)
            printf "%s: mik / workerd = %.2f\n", kinds[k], m["mik-" kinds[k]] / m["workerd-" kinds[k]]
    }' "$scratch/results"
