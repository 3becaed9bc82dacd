#!/usr/bin/env bash
# Attacks `takk serve` in the 256 MiB of docs/deploy, as clients that are not signed in and as a viewer, and writes how much a signed-in
# user notices into docs/performance-serve.md: benches/strangers.sh
#
# Fails if the server is killed, if a request of the signed-in user fails, or if their p99 is 250 ms or more. strangers.py describes the
# attacks. Needs a release build (`cargo build --release`), Python 3.11 or later, and a way to limit memory: permission to create a
# control group (root), or `systemd-run --user`.
#
# TAKK=file  the program (default target/release/takk)
# SECONDS_EACH=30  how long it takes
set -euo pipefail
cd "$(dirname "$0")/.."

takk=$(realpath "${TAKK:-target/release/takk}")
each=${SECONDS_EACH:-30}
limit=$((256 * 1024 * 1024))
most_p99=250
report=docs/performance-serve.md
work=$(mktemp -d)
pid=
group=
finish() {
    [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true
    [ -z "$pid" ] || wait "$pid" 2>/dev/null || true
    for _ in 1 2 3 4 5; do [ -z "$group" ] || rmdir "$group" 2>/dev/null && break || sleep 0.2; done
    rm -rf "$work"
}
trap finish EXIT
[ -x "$takk" ] || { echo "error: there is no $takk" >&2; echo "hint: cargo build --release" >&2; exit 2; }

# make_group: sets group if a control group of version 1 or 2 can be created.
make_group() {
    local tree=/sys/fs/cgroup name=takk-bench-$$
    if mkdir "$tree/memory/$name" 2>/dev/null && echo "$limit" >"$tree/memory/$name/memory.limit_in_bytes"; then
        group=$tree/memory/$name
    elif mkdir "$tree/$name" 2>/dev/null && echo "$limit" 2>/dev/null >"$tree/$name/memory.max"; then
        group=$tree/$name
    fi
}

options=(serve --listen 127.0.0.1:0 --print-token --trusted-proxy 127.0.0.1)
export TAKK_HOME=$work/home TAKK_KEYRING=off
make_group
if [ -n "$group" ]; then
    within="a control group"
    bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$takk" "${options[@]}" >"$work/log" 2>"$work/err" &
elif systemd-run --user --scope --quiet true 2>/dev/null; then
    within="a scope of systemd"
    systemd-run --user --scope --quiet -p "MemoryMax=$limit" -p MemorySwapMax=0 "$takk" "${options[@]}" >"$work/log" 2>"$work/err" &
else
    echo "error: no control group can be made here" >&2
    echo "hint: run it as root, or in a session of systemd" >&2
    exit 2
fi
pid=$!
until token=$(grep -o 'takk_p_[0-9a-z]*' "$work/log"); do
    kill -0 "$pid" || { cat "$work/err" >&2; exit 1; }
    sleep 0.05
done
url=$(awk '/listens on/ { print $NF }' "$work/log")

failed=0
fail() {
    echo "FAILED: $1" >&2
    failed=1
}
python3 benches/strangers.py "$url" "$token" "$each" >"$work/found" || fail "the load broke off"
kill -0 "$pid" 2>/dev/null || fail "the server was killed"
most=$(awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$pid/status" 2>/dev/null || echo "?")
read -r asked wrong p50 p99 longest < <(python3 - "$work/found" <<'PY'
import json, sys
found = json.load(open(sys.argv[1]))
client = found.pop("client")
print(client["asked"], client["failed"], client["p50"], client["p99"], client["longest"])
for kind, counts in found.items():
    print(f"{kind}: {counts}", file=sys.stderr)
PY
)
[ "$wrong" = 0 ] || fail "$wrong of $asked requests of whoever is signed in failed"
awk -v a="$p99" -v b="$most_p99" 'BEGIN { exit !(a < b) }' || fail "p99 is $p99 ms"

section="## Strangers

Measured on $(date -u +%F) by [benches/strangers.sh](../benches/strangers.sh): in 256 MiB (${within}), for $each s, with 16 clients each
sending wrong passwords, forged tokens and sessions, and endless forms, and a viewer with a manifest of 2 MB, each request from another
address.

| a signed-in user, meanwhile | measured | target |
|---|--:|--:|
| requests, failed | $asked, $wrong | 0 failed |
| p50 | $p50 ms | |
| p99 | $p99 ms | $most_p99 ms |
| maximum | $longest ms | |
| peak memory | $most MiB | 256 MiB |"
python3 - "$report" "$section" <<'PY'
import pathlib, sys
path, section = pathlib.Path(sys.argv[1]), sys.argv[2]
path.write_text(path.read_text().split("## Strangers")[0].rstrip("\n") + "\n\n" + section + "\n")
PY
echo "$section" >&2
exit "$failed"
