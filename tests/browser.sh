#!/usr/bin/env bash
# Tests the dashboard in a real Chromium: tests/browser.sh [FILE...]
#
# TAKK is the program to test (target/debug/takk). Needs Node 20, npm, Chromium, and npm's registry once; without them, it reports what is
# missing, and that nothing was tested. FILE is a file in tests/browser; the default is all of them.
set -euo pipefail
cd "$(dirname "$0")/.."

skip() {
    echo "browser: not tested, $1"
    exit 0
}
for program in node npm chromium; do
    command -v "$program" >/dev/null || skip "$program is not installed (apt-get install nodejs npm chromium)"
done
node --eval 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || skip "Node $(node --version) is older than 20"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm ci --prefix tests/browser --ignore-scripts --no-audit --no-fund >"$log" 2>&1 ||
    skip "its packages cannot be installed: $(grep -m1 'npm error' "$log" || true)"

files=("$@")
[ ${#files[@]} -gt 0 ] || files=(tests/browser/*.test.mjs)
export TAKK=${TAKK:-target/debug/takk}
if ! node --test --test-concurrency=2 --test-timeout=600000 --test-reporter=spec "${files[@]}" >"$log" 2>&1; then
    cat "$log"
    exit 1
fi
sed -nE 's/^.*(tests|pass|duration_ms) ([0-9.]+)$/\1 \2/p' "$log" | paste -sd ' ' | sed 's/^/browser: /'
