#!/usr/bin/env bash
# Measures what `takk up` costs and writes docs/performance-up.md: benches/up.sh
#
# PostgreSQL, Redis and NATS from nothing to three logins, compared with PostgreSQL, the slowest of the three, by itself; then with all of
# them running. As processes of this machine and, if an engine is given, in containers compared with Docker Compose. Needs a release build,
# Python 3.11 or later, and the servers' programs:
#   POSTGRES=directory of initdb and postgres (17 or 18)   REDIS=redis-server   NATS=nats-server
#
# TAKK=file       the program (default target/release/takk)
# BEFORE=file     an earlier one, for comparing the commands that do not create anything
# DOCKER_HOST=url an engine that has the images of the three, and COMPOSE=file docker-compose; needs the docker command
# ROUNDS=n        runs from nothing (default 7)
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
printf '[project]\nname = "bench-up"\nversion = "1"\n[tool.takk.environments.dev]\n[tool.takk.environments.test]\n' >"$work/project/pyproject.toml"
cat >"$work/project/settings.py" <<'PY'
from pydantic import NatsDsn, PostgresDsn, RedisDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: PostgresDsn
    redis_url: RedisDsn
    nats_url: NatsDsn


settings = Settings()
PY

# Values that a person has set, for Docker Compose and for the commands that create nothing: takk creates no servers for `test`.
for value in DATABASE_URL=postgresql://bench:bench@127.0.0.1:27001/bench REDIS_URL=redis://default:bench@127.0.0.1:27002/0 \
    NATS_URL=nats://bench:bench@127.0.0.1:27003; do
    printf %s "${value#*=}" | (cd "$work/project" && "$takk" secrets set "${value%%=*}" --env test --stdin >/dev/null 2>&1)
done
image=
if [ -n "${DOCKER_HOST:-}" ]; then
    image=$(cd "$work/project" && "$takk" export compose --env dev 2>/dev/null | sed -n 's/.*image: "\(postgres:.*\)"/\1/p')
    (cd "$work/project" && "$takk" export compose --env test --output compose.yaml >/dev/null 2>&1)
fi
python3 benches/up.py "$takk" "$work/project" "$POSTGRES" --rounds "$rounds" ${image:+--image "$image"} ${COMPOSE:+--compose "$COMPOSE"} \
    ${BEFORE:+--before "$BEFORE"} >"$work/figures"

# One of the figures: figure NAME
figure() {
    awk -v name="$1" '$1 == name { print $2 }' "$work/figures"
}

# One as a multiple of another: times NAME NAME
times() {
    awk -v a="$(figure "$1")" -v b="$(figure "$2")" 'BEGIN { printf "%.2f", a / b }'
}

# The rows of a table that both ways of running servers have: lines ENGINE
lines() {
    cat <<MARKDOWN
| \`takk up\` from nothing to three logins with the stored credentials | $(figure "$1_first") ms, $(times "$1_first" "$1_own") of the above | at most 1.25 |
| \`takk up\` with everything live; each server is logged in to | $(figure "$1_again") ms | at most 150 ms |
| \`takk run -- true\` | $(figure "$1_plain") ms | |
| \`takk run --up -- true\` with everything live | $(figure "$1_with_up") ms, $(($(figure "$1_with_up") - $(figure "$1_plain"))) ms more | at most 20 ms more |
| memory of \`takk up\` while it creates the three (its largest resident set) | $(figure "$1_memory") MiB | at most 40 MiB |
MARKDOWN
}

{
    cat <<MARKDOWN
# Performance of \`takk up\`

Measured by \`benches/up.sh\` on $(date -u +%Y-%m-%d), on $(nproc) cores, in one run: medians of $rounds runs from nothing, and of 21 with everything live.

## Servers as processes of this machine

PostgreSQL, Redis and NATS, whose programs are installed.

| what | measured | aim |
|---|---|---|
| PostgreSQL by itself: \`initdb\`, start, first login | $(figure local_own) ms | |
$(lines local)
MARKDOWN
    [ -z "$(figure docker_own)" ] || cat <<MARKDOWN

## Servers in containers

The same three; their images are present.

| what | measured | aim |
|---|---|---|
| PostgreSQL by itself: \`docker run\`, first login | $(figure docker_own) ms | |
$(lines docker)
MARKDOWN
    [ -z "$(figure compose)" ] || cat <<MARKDOWN

Docker Compose ($("$COMPOSE" version --short)) takes $(figure compose) ms for \`up --detach --wait\` with the file that \`takk export compose\` writes for the same three,
which has health checks: $(times compose docker_first) of what \`takk up\` takes.
MARKDOWN
    [ -z "$(figure ratio_plan)" ] || cat <<MARKDOWN

## Commands that create nothing

CPU time as a ratio to the program before \`takk up\` was built, medians of 201 runs in turns; the aim is at most 1.05.

| command | ratio |
|---|---|
| \`takk --version\` | $(figure ratio_version) |
| \`takk plan\` | $(figure ratio_plan) |
| \`takk run -- true\` | $(figure ratio_run) |
MARKDOWN
} >"$report"
echo "wrote $report"
