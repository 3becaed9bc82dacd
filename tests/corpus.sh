#!/usr/bin/env bash
# A fixed part of the corpus of real packages: tests/corpus.sh [--update]
#
# Fetches the packages below, lets target/release/takk read them and fails if it is right about less than
# tests/corpus.expected.json says. --update writes what it is right about now into that file.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(prefect infrahub-server lnbits crawlee dbt-mcp mlserver optimade napari)
corpus=../shared/corpus

if [ ! -d "$corpus" ]; then
    echo "corpus: skipped, there is no $corpus"
    exit 0
fi
score=$(mktemp)
log=$(mktemp)
trap 'rm -f "$score" "$log"' EXIT
if ! { python3 "$corpus/fetch.py" build/corpus "${packages[@]}" &&
    python3 "$corpus/run.py" target/release/takk build/corpus "${packages[@]}" -- --json "$score"; } >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
python3 tests/corpus_compare.py "$score" tests/corpus.expected.json "$@" || {
    cat "$log"
    exit 1
}
