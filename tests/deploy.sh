#!/usr/bin/env bash
# Tests the files of docs/deploy, as far as possible without systemd, a container engine and a cluster: tests/deploy.sh
#
# The unit: systemd-analyze, if it is installed. The manifests: kubernetes-validate (PyPI), with the schema of Kubernetes. The
# container: the program with the variables and the user of the Containerfile, in an empty directory. TAKK is the program.
set -euo pipefail
cd "$(dirname "$0")/.."
takk=$(realpath "${TAKK:-target/debug/takk}")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*"
    exit 1
}

unit() {
    command -v systemd-analyze >/dev/null || {
        echo "takk.service: not tested, systemd-analyze is not installed"
        return
    }
    sed "s|/usr/local/bin/takk|$takk|" docs/deploy/takk.service >"$work/takk.service"
    local said
    said=$(systemd-analyze verify "$work/takk.service" 2>&1) || fail "takk.service: $said"
    [ -z "$said" ] || fail "takk.service: $said"
    # 10 for an unrestricted service; 0 for one that can do nothing.
    systemd-analyze security --offline=yes --threshold=25 "$work/takk.service" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
}

manifests() {
    local venv=target/deploy
    [ -x "$venv/bin/kubernetes-validate" ] || {
        python3 -m venv "$venv"
        if ! "$venv/bin/pip" install --quiet --disable-pip-version-check kubernetes-validate 2>/dev/null; then
            echo "kubernetes.yaml: not tested, PyPI cannot be reached from here"
            return
        fi
    }
    "$venv/bin/kubernetes-validate" --strict --quiet docs/deploy/*.yaml >"$work/said" 2>&1 || fail "$(cat "$work/said")"
}

container() {
    local variables user=() code=0 url=
    variables=$(sed -n 's/^ENV //p' docs/deploy/Containerfile | sed "s|/data|$work/data|; s|/run/secrets|$work|; s|0.0.0.0:8421|127.0.0.1:0|")
    mkdir -m 0700 "$work/data"
    openssl rand -hex 32 >"$work/master-key"
    chmod 0400 "$work/master-key"
    if [ "$(id -u)" = 0 ]; then
        local id
        id=$(sed -n 's/^USER //p' docs/deploy/Containerfile)
        chown "$id:$id" "$work/data" "$work/master-key"
        chmod 711 "$work"
        install -m 0755 "$takk" "$work/takk"
        takk=$work/takk
        user=(setpriv "--reuid=$id" "--regid=$id" --clear-groups --no-new-privs --bounding-set=-all)
    fi
    : >"$work/out"
    # shellcheck disable=SC2086 # one word for each variable
    (cd / && exec env -i $variables "${user[@]}" "$takk" serve --log json) >"$work/out" 2>"$work/log" &
    server=$!
    for _ in $(seq 100); do
        url=$(awk '/listens on/ { print $NF }' "$work/out")
        [ -n "$url" ] && curl -sf "$url/readyz" >/dev/null && break
        kill -0 "$server" 2>/dev/null || fail "the container's program ends: $(cat "$work/log")"
        sleep 0.1
    done
    curl -sf "$url/readyz" >/dev/null || fail "the container's program does not answer: $(cat "$work/log")"
    [ -e "$work/data/store.db" ] || fail "the store is not in the volume"
    [ ! -e "$work/data/master.key" ] || fail "the master key of the container is not the one that it was given"
    # Like STOPSIGNAL in the Containerfile.
    kill -TERM "$server"
    wait "$server" || code=$?
    server=
    [ "$code" = 0 ] || fail "SIGTERM ends the container's program with $code"
    python3 -c 'import json, sys; [json.loads(line) for line in open(sys.argv[1])]' "$work/log" || fail "its log is not JSON"
}

unit
manifests
container
