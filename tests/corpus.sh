#!/usr/bin/env bash
# Compares takk with pydantic at run time on real packages: tests/corpus.sh [--misses N] [--update] [--all | PACKAGE...]
#
# Fetches the packages from PyPI, runs takk on them, and fails if the score is worse than tests/corpus/expected.json. --update writes the
# current score into that file; --misses prints up to N wrong answers of each kind. TAKK is the program to test (target/debug/takk). With
# --all or PACKAGE, it only scores packages of tests/corpus/packages.tsv, without a comparison.
# If PyPI cannot be reached, nothing is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
takk=${TAKK:-target/debug/takk}
packages=()
expected=(tests/corpus/expected.json)
misses=0
while [ $# -gt 0 ]; do
    case $1 in
        --misses)
            misses=$2
            shift
            ;;
        --update) expected+=(--update) ;;
        --all) mapfile -t packages < <(tail -n +2 tests/corpus/packages.tsv | cut -f 1) ;;
        -*)
            echo "error: unknown option $1" >&2
            exit 2
            ;;
        *) packages+=("$1") ;;
    esac
    shift
done
if [ ${#packages[@]} -gt 0 ]; then
    expected=()
else
    packages=(prefect infrahub-server lnbits crawlee dbt-mcp mlserver optimade napari)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/predictions"
python3 tests/corpus/fetch.py build/corpus "${packages[@]}" || {
    status=$?
    [ "$status" = 3 ] || exit "$status"
    echo "corpus: not tested, PyPI cannot be reached from here"
    exit 0
}
python3 tests/corpus/predict.py "$takk" build/corpus "$work/predictions" "${packages[@]}"
python3 tests/corpus/score.py "$work/predictions" "$work/score" "$misses"
python3 tests/corpus/compare.py "$work/score" "${expected[@]}"
