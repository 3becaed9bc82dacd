#!/usr/bin/env bash
# Measures what `takk up` costs and writes docs/performance-up.md: benches/up.sh
#
# PostgreSQL, Redis and NATS as processes of this machine, from nothing to three logins, beside what PostgreSQL, the slowest of the three,
# takes by itself; then with everything live. Needs a release build, Python 3.11 or later, and the servers' programs:
#   POSTGRES=directory of initdb and postgres (17 or 18)   REDIS=redis-server   NATS=nats-server
#
# TAKK=file  the program (default target/release/takk)
set -euo pipefail
cd "$(dirname "$0")/.."

takk=$(realpath "${TAKK:-target/release/takk}")
report=docs/performance-up.md
rounds=${ROUNDS:-7}
work=$(mktemp -d)
export TAKK_HOME=$work/home TAKK_KEYRING=off
for program in "$takk" "${POSTGRES:?the directory of initdb}/initdb" "${REDIS:?the file redis-server}" "${NATS:?the file nats-server}"; do
    [ -x "$program" ] || {
        echo "error: there is no $program" >&2
        exit 2
    }
done
PATH=$POSTGRES:$(dirname "$REDIS"):$(dirname "$NATS"):$PATH

cleanup() {
    (cd "$work/project" 2>/dev/null && "$takk" down --data --confirm dev --env dev >/dev/null 2>&1) || true
    rm -rf "$work"
}
trap cleanup EXIT

mkdir "$work/project"
printf '[project]\nname = "bench-up"\nversion = "1"\n' >"$work/project/pyproject.toml"
cat >"$work/project/settings.py" <<'PY'
from pydantic import NatsDsn, PostgresDsn, RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: PostgresDsn
    redis_url: RedisDsn
    nats_url: NatsDsn


settings = Settings()
PY

# All figures in one run, so that they can be compared: the medians of ROUNDS runs, in milliseconds of wall time.
python3 - "$takk" "$work/project" "$POSTGRES" "$rounds" >"$work/figures" <<'PY'
import os, resource, shutil, statistics, subprocess, sys, time

takk, project, postgres, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}


def run(*arguments):
    begun = time.perf_counter()
    subprocess.run([takk, *arguments], cwd=project, check=True, **quiet)
    return (time.perf_counter() - begun) * 1000


def alone(number):
    """PostgreSQL by itself: a new data directory, and a server until it accepts a login."""
    data = f"/tmp/takk-bench-{os.getpid()}-{number}"
    port = str(25000 + number)
    as_other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"] if os.geteuid() == 0 else []
    begun = time.perf_counter()
    subprocess.run([*as_other, f"{postgres}/initdb", "-D", data, "-U", "bench", "-A", "trust", "--locale=C", "--no-sync"], check=True, cwd="/", **quiet)
    server = subprocess.Popen([*as_other, f"{postgres}/postgres", "-D", data, "-p", port, "-c", "unix_socket_directories="], cwd="/", **quiet)
    import socket, struct
    while True:
        try:
            with socket.create_connection(("127.0.0.1", int(port)), 1) as connection:
                body = struct.pack("!I", 196608) + b"user\0bench\0database\0postgres\0\0"
                connection.sendall(struct.pack("!I", len(body) + 4) + body)
                if connection.recv(1) == b"R":
                    break
        except OSError:
            pass
        time.sleep(0.01)
    took = (time.perf_counter() - begun) * 1000
    server.terminate()
    server.wait()
    shutil.rmtree(data)
    return took


def down():
    subprocess.run([takk, "down", "--data", "--confirm", "dev", "--env", "dev"], cwd=project, check=True, **quiet)


first, own, again, plain, with_up = [], [], [], [], []
for number in range(rounds):
    own.append(alone(number))
    first.append(run("up", "--env", "dev", "--engine", "local"))
    if number + 1 < rounds:
        down()
for _ in range(21):
    again.append(run("up", "--env", "dev"))
    plain.append(run("run", "--env", "dev", "--", "true"))
    with_up.append(run("run", "--up", "--env", "dev", "--", "true"))
down()
before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
process = subprocess.Popen([takk, "up", "--env", "dev", "--engine", "local"], cwd=project, **quiet)
_, status, usage = os.wait4(process.pid, 0)
median = statistics.median
for value in (median(own), median(first), median(again), median(plain), median(with_up), usage.ru_maxrss / 1024):
    print(f"{value:.0f}")
PY
{
    read -r own
    read -r first
    read -r again
    read -r plain
    read -r with_up
    read -r memory
} <"$work/figures"

cat >"$report" <<MARKDOWN
# Performance of \`takk up\`

Measured by \`benches/up.sh\` on $(date -u +%Y-%m-%d), on $(nproc) cores, in one run: medians of $rounds runs from nothing, and of 21 with everything live.
PostgreSQL, Redis and NATS run as processes of this machine; their programs are installed.

| what | time | aim |
|---|---|---|
| PostgreSQL by itself: \`initdb\`, start, first login | $own ms | |
| \`takk up\` from nothing to three logins with the stored credentials | $first ms, $(awk -v a="$first" -v b="$own" 'BEGIN { printf "%.2f", a / b }') of the above | at most 1.25 |
| \`takk up\` with everything live; each server is logged in to | $again ms | at most 150 ms |
| \`takk run -- true\` | $plain ms | |
| \`takk run --up -- true\` with everything live | $with_up ms, $((with_up - plain)) ms more | at most 20 ms more |

\`takk up\` takes at most $memory MiB of memory (resident set) while it creates the three; the aim is 40 MiB.

What is not measured here: servers in containers, and \`docker compose\` beside them. The time that an engine takes to pull and to start
images is the engine's.
MARKDOWN
echo "wrote $report"
