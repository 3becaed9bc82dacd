#!/usr/bin/env bash
# Builds what is published on PyPI: ./package.sh [--out DIRECTORY] [--profile PROFILE] [--executable FILE] [--target TARGET [--libc VERSION]]
#
# One wheel with the extension and the executable `takk`, its sdist, and the wheel of the package `vaultly`, by default in dist/.
# The profile is one of cargo's, by default `release`; with --executable, that file goes into the wheel and none is compiled. --target and
# --libc compile with zig, for another machine or for Linux with that version of glibc or later (2.17).
# The same compiled files give the same bytes. Needs Rust and Python; other tools come from PyPI, pinned by hash.
set -euo pipefail
start=$PWD
cd "$(dirname "$0")"

usage() {
    sed -n '2s/^# //p' "$0" >&2
    exit 2
}

out=dist profile=release executable='' target='' libc=''
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
        --out) out=$(cd "$start" && mkdir -p "$2" && realpath "$2") ;;
        --profile) profile=$2 ;;
        --executable) executable=$(cd "$start" && realpath "$2") ;;
        --target) target=$2 ;;
        --libc) libc=$2 ;;
        *) usage ;;
    esac
    shift 2
done
[ -z "$libc" ] || [ -n "$target" ] || usage
mkdir -p "$out"
out=$(realpath "$out")

tools=$PWD/target/package/tools${target:+-zig}
requirements=(python/scripts/requirements/build.txt)
[ -z "$target" ] || requirements+=(python/scripts/requirements/zig.txt)
wanted=$(cat "${requirements[@]}")
if [ "$(cat "$tools/complete" 2>/dev/null)" != "$wanted" ]; then
    "${PYTHON:-python3}" -m venv --clear "$tools"
    "$tools/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
        "${requirements[@]/#/--requirement=}"
    echo "$wanted" >"$tools/complete"
fi
export PATH=$tools/bin:$PATH

# What affects the bytes in addition to the sources: the time, the permissions of new files, and the directories in panic messages.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
if [ "$profile" = release ]; then
    cargo=${CARGO_HOME:-$HOME/.cargo}
    export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$PWD=/takk --remap-path-prefix=$cargo=/cargo"
    export CFLAGS="${CFLAGS:-} -ffile-prefix-map=$PWD=/takk -ffile-prefix-map=$cargo=/cargo"
fi

umask 022

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
settings=("-Cprofile=$profile" "-Ctarget=$target" "-Clibc=$libc")
[ -z "$executable" ] || settings+=("-Cexecutable=$executable")
python -m build --no-isolation --sdist --outdir "$out" python
python -m build --no-isolation --wheel --outdir "$work" "${settings[@]}" python
case $work/$(ls "$work") in
    # The symbols that the executable and the extension need from libc determine on which Linux they run.
    *linux_*.whl) auditwheel --verbose repair --wheel-dir "$out" "$work"/*.whl ;;
    *) mv "$work"/*.whl "$out" ;;
esac
[ ! -d python/vaultly-compat ] || python -m build --no-isolation --wheel --outdir "$out" python/vaultly-compat
