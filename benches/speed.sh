#!/usr/bin/env bash
# Measures takk and writes docs/performance.md: benches/speed.sh
#
# Measures everything in one run, alternating between commands that are compared, with public tools only: GNU time, ripgrep, ruff from
# PyPI, and the published takk package. Needs a release build (./install.sh or `cargo build --release`) and Python 3.11 or later.
#
# BIG=dir    a large Python tree to read (default build/big)
# TAKK=file  the program (default target/release/takk)
# RUNS=n     runs of each command (default 15)
set -euo pipefail
cd "$(dirname "$0")/.."

takk=${TAKK:-target/release/takk}
big=${BIG:-build/big}
runs=${RUNS:-15}
report=docs/performance.md
venv=build/bench-venv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() {
    [ -e "$1" ] || command -v "$1" >/dev/null || {
        echo "error: there is no $1" >&2
        echo "hint: $2" >&2
        exit 2
    }
}

# Runs the named commands in turns, RUNS times, and appends "name wall cpu kib" lines to $work/log.
in_turns() {
    local name
    for _ in $(seq "$runs"); do
        for name in "$@"; do
            # A search that finds nothing exits with status 1, which is not a failure here.
            /usr/bin/time -q -a -o "$work/log" -f "$name %e %U %S %M" "run_$name" >/dev/null 2>&1 || true
        done
    done
}

# A command for in_turns: command NAME WORDS...
command_of() {
    local name=$1
    shift
    { echo '#!/bin/sh'; printf 'exec'; printf ' %q' "$@"; echo; } >"$work/run_$name"
    chmod +x "$work/run_$name"
}

# The median of a column of a command: 2 wall in s, 3 user + 4 system in s, 5 peak memory in KiB.
median() {
    awk -v name="$1" -v column="$2" '$1 == name { print column == 3 ? $3 + $4 : $column }' "$work/log" |
        sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# CPU time of a short command in ms: many runs at once, because the clock is too coarse for one; the minimum of five batches, which other
# work on the machine has disturbed least. cpu_of_many TIMES WORDS...
cpu_of_many() {
    local times=$1
    shift
    for _ in 1 2 3 4 5; do
        /usr/bin/time -q -o "$work/many" -f '%U %S' sh -c 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@" >/dev/null; n=$((n - 1)); done' sh "$times" "$@"
        awk -v times="$times" '{ printf "%.1f\n", ($1 + $2) * 1000 / times }' "$work/many"
    done | sort -n | head -n 1
}

# The example with that many copies of 300 files of the large tree: those that grep lists. grow DIRECTORY COPIES PATTERN -l|-L
grow() {
    local copy
    mkdir -p "$1"
    cp -r examples/shop "$1/shop"
    for copy in $(seq "$2"); do
        mkdir -p "$1/copy$copy"
        # xargs fails if grep finds nothing in one of its batches.
        { find "$big" -name '*.py' -size -40k -print0 | xargs -0 grep "$4" -E "$3" || true; } | awk 'NR <= 300' | while IFS= read -r file; do
            cp "$file" "$1/copy$copy/$(echo "$file" | md5sum | cut -c1-12).py"
        done
    done
}

need "$takk" "cargo build --release"
need "$big" "name a large Python tree: BIG=~/src benches/speed.sh"
need rg "install ripgrep"
need /usr/bin/time "install GNU time"
if [ ! -x "$venv/bin/ruff" ]; then
    python3 -m venv "$venv"
    # The published package imports the example, and therefore needs its imports.
    "$venv/bin/python" -c 'import tomllib
shop = tomllib.load(open("examples/shop/pyproject.toml", "rb"))
print("\n".join(shop["project"]["dependencies"] + shop["dependency-groups"]["report"]))' >"$work/requirements.txt"
    "$venv/bin/pip" install --quiet takk==0.1.40 ruff -r "$work/requirements.txt"
fi
PATH=$work:$PATH

command_of shop "$takk" plan examples/shop
command_of published sh -c "cd examples/shop && exec '$PWD/$venv/bin/takk' resources"
command_of big "$takk" plan "$big"
command_of rg rg -l 'BaseSettings|SecretModel' -t py "$big"
command_of ruff "$venv/bin/ruff" check --no-cache --select E9 --isolated "$big"
for name in shop published big rg; do
    "run_$name" >/dev/null 2>"$work/error" || {
        echo "error: the command to measure failed: $(tail -n 1 "$work/run_$name")" >&2
        cat "$work/error" >&2
        exit 2
    }
done
echo "Measuring; this takes some minutes." >&2
version=$(cpu_of_many 50 "$takk" --version)
plan=$(cpu_of_many 50 "$takk" plan examples/shop 2>/dev/null)
in_turns shop published
in_turns big rg
all=$runs
runs=3
in_turns ruff
runs=$all

settings='BaseSettings|SecretModel'
for copies in 1 2 4; do
    grow "$work/other$copies" "$copies" "$settings|Config|Settings" -L
    grow "$work/settings$copies" "$copies" "$settings" -l
    command_of "other$copies" "$takk" plan "$work/other$copies"
    command_of "settings$copies" "$takk" plan "$work/settings$copies"
done
in_turns other1 other2 other4 settings1 settings2 settings4

milliseconds() { awk -v s="$1" 'BEGIN { printf "%.0f ms", s * 1000 }'; }
mib() { awk -v kib="$1" 'BEGIN { printf "%.0f MiB", kib / 1024 }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
files() { find "$1" -name '*.py' | wc -l; }
growth() { echo "| $1 | $(files "$work/$2") | $(cpu_of_many 20 "run_$2" 2>/dev/null) ms | $(mib "$(median "$2" 5)") |"; }

cat >"$report" <<END
# Performance

Measured on $(date +%Y-%m-%d) by [benches/speed.sh](../benches/speed.sh), which writes this page. Figures are medians of $runs
runs; commands that are compared run alternately. CPU times below 1 s are the minimum of five batches, and include the start of each process.

$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg) at the end; $("$takk" --version),
$(rg --version | head -n 1 | cut -d' ' -f1,2), $("$venv/bin/ruff" --version), published takk 0.1.40 on $("$venv/bin/python" --version).

| command | metric | measured | target |
|---|---|--:|--:|
| \`takk --version\` | CPU | $version ms | 3 ms |
| \`takk plan examples/shop\` | CPU | $plan ms | 10 ms |
| | peak memory | $(mib "$(median shop 5)") | 25 MiB |
| \`takk resources\` of the published package, same project | CPU | $(milliseconds "$(median published 3)") | |
| | peak memory | $(mib "$(median published 5)") | |
| \`takk plan\` on $(files "$big") files, $(du -sh --apparent-size "$big" | cut -f1) | wall | $(milliseconds "$(median big 2)") | |
| | CPU | $(milliseconds "$(median big 3)") | |
| | peak memory | $(mib "$(median big 5)") | 300 MiB |
| | wall, relative to \`rg -l 'BaseSettings\|SecretModel' -t py\` | $(ratio "$(median big 2)" "$(median rg 2)") | 1.5 |
| | wall, relative to \`ruff check --no-cache --select E9 --isolated\` | $(ratio "$(median big 2)" "$(median ruff 2)") | 0.10 |

CPU time grows linearly with the number of files, and more steeply with the number of files that contain settings:

| the example plus | files | CPU | peak memory |
|---|--:|--:|--:|
$(growth "files without settings" other1)
$(growth "twice as many" other2)
$(growth "four times as many" other4)
$(growth "files with settings" settings1)
$(growth "twice as many" settings2)
$(growth "four times as many" settings4)
END
echo "Wrote $report." >&2
