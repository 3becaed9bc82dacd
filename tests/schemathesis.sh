#!/usr/bin/env bash
# schemathesis (PyPI) over the OpenAPI document of a running `takk serve`, as each role and without a token: tests/schemathesis.sh
#
# TAKK names the program to test, SECONDS_PER_ROLE how long each role is tried (20). Needs Python; schemathesis is installed into
# target/ when it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
takk=${TAKK:-target/debug/takk}
time=${SECONDS_PER_ROLE:-20}
venv=target/schemathesis
[ -x "$venv/bin/schemathesis" ] || {
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet 'schemathesis>=4,<5'
}

home=$(mktemp -d)
TAKK_HOME=$home/store TAKK_KEYRING=off USER=ada "$takk" --quiet serve --listen 127.0.0.1:0 --failures-per-minute 10000000 \
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
for role in viewer developer operator owner; do
    body="{\"label\": \"$role\", \"kind\": \"personal\", \"role\": \"$role\"}"
    token=$(ask POST /tokens "$body" | grep -o 'takk_p_[0-9a-f]*')
    # Revoking is left out: it would revoke the tokens that the test is made with. That what the document allows is accepted is not
    # checked: it cannot say that a name has no control characters, or that a moment lies ahead.
    if "$venv/bin/schemathesis" run "$url/api/v1/openapi.json" --checks all --exclude-checks positive_data_acceptance \
        --exclude-path-regex 'tokens/.id' --max-time "$time" --no-color \
        -H "Authorization: Bearer $token" >"$home/$role" 2>&1; then
        echo "$role: $(tail -3 "$home/$role" | tr -s '\n= ' ' ')"
    else
        cat "$home/$role"
        failed=1
    fi
done
if grep -E '"?(failed|panicked)' "$home/log"; then failed=1; fi
exit $failed
