#!/usr/bin/env bash
# Real packages, and what pydantic says of them at run time: tests/corpus.sh [--misses N] [--update] [--all | PACKAGE...]
#
# Fetches the packages from PyPI, lets takk read them, and fails if takk is right about less than tests/corpus/expected.json says.
# --update writes what it is right about now into that file; --misses prints up to N wrong answers of each kind. TAKK names the program
# to test (target/debug/takk). With --all or PACKAGE, packages of tests/corpus/packages.tsv are scored, and nothing is compared.
# Where PyPI cannot be reached nothing is tested.
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
