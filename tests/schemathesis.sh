#!/usr/bin/env bash
# schemathesis (PyPI) over the OpenAPI document of a running `takk serve`, as each role: tests/schemathesis.sh
#
# All of its checks, which it does unless told otherwise: no answer that the document does not have, no 5xx, what the document allows is accepted, what it does not is refused.
# What no schema can say is in schemathesis_hooks.py. TAKK names the program to test, CASES how often each route is tried with random data
# (10), SEED what chance begins with (1, so that a change is judged by what it changed; `SEED=$RANDOM CASES=500` looks further),
# TAKK_DATABASE the PostgreSQL database to try it with. No limit is a time: a slower machine tries as much.
# Needs Python; schemathesis is installed into target/ when it is missing, and where PyPI cannot be reached nothing is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
takk=${TAKK:-target/debug/takk}
cases=${CASES:-10}
seed=${SEED:-1}
venv=target/schemathesis
[ -x "$venv/bin/schemathesis" ] || {
    python3 -m venv "$venv"
    if ! "$venv/bin/pip" install --quiet --disable-pip-version-check 'schemathesis>=4,<5' 2>/dev/null; then
        echo "schemathesis: not tested, PyPI cannot be reached from here"
        exit 0
    fi
}

home=$(mktemp -d)
: >"$home/out"
TAKK_HOME=$home/store TAKK_KEYRING=off USER=ada "$takk" --quiet serve --listen 127.0.0.1:0 --print-token --failures-per-minute 10000000 \
    >"$home/out" 2>"$home/log" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$home"' EXIT
for _ in $(seq 100); do
    grep -q takk_p_ "$home/out" && break
    sleep 0.1
done
url=$(head -1 "$home/out" | sed 's/.* //')
owner=$(grep -o 'takk_p_[0-9a-f]*' "$home/out")

ask() { # METHOD PATH BODY
    curl --silent --fail -X "$1" -H "Authorization: Bearer $owner" -H 'Content-Type: application/json' --data "$3" "$url/api/v1$2"
}
ask PUT /projects/shop '{}' >/dev/null
ask POST /projects/shop/environments/dev/changes '{"changes": [{"name": "KEY", "value": "x"}]}' >/dev/null

failed=0
roles='viewer developer operator owner'
declare -A tokens
for role in $roles; do
    tokens[$role]=$(ask POST /tokens "{\"label\": \"$role\", \"kind\": \"personal\", \"role\": \"$role\"}" | grep -o 'takk_p_[0-9a-f]*')
done
# The owner's of the first start, and these.
export TOKENS_KEPT=5 SCHEMATHESIS_HOOKS=tests/schemathesis_hooks.py
# try_as ROLE OPTIONS...: one run.
try_as() {
    local role=$1
    shift
    if timeout $((cases * 10 + 300)) "$venv/bin/schemathesis" --config-file tests/schemathesis.toml run "$url/api/v1/openapi.json" --continue-on-failure \
        --max-examples "$cases" --seed "$seed" --no-color -H "Authorization: Bearer ${tokens[$role]}" "$@" >"$home/$role" 2>&1; then
        echo "schemathesis as $role: $(grep -m1 -E "[0-9] generated," "$home/$role" | xargs)"
    else
        cat "$home/$role"
        failed=1
    fi
}
for role in $roles; do
    try_as "$role" --phases examples,coverage,fuzzing
done
# What one answer gives is what the next request asks for.
try_as owner --phases stateful
if grep -E '"?(failed|panicked)' "$home/log"; then failed=1; fi
exit $failed
