#!/usr/bin/env bash
# Measures takk.runtime: benches/runtime.sh [DIRECTORY OF THE REFERENCE, a checkout of vaultly]
#
# Builds the extension as the wheel has it, and installs it into a virtual environment under target/.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=target/python/bench
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'pydantic==2.14.4' ./python
[ $# = 0 ] || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check boto3 hvac "$1"
unset PYTHONDONTWRITEBYTECODE
"$venv/bin/python" benches/runtime.py
