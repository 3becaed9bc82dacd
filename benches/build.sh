#!/usr/bin/env bash
# Measures what `./install.sh` compiles, at one commit beside another, and writes docs/performance-build.md: benches/build.sh OLD [NEW]
#
# Each is a clone of its own with nothing compiled; the dependencies are downloaded before the clock starts. Nothing else should run on the
# machine. OLD and NEW are commits (NEW: HEAD). Needs GNU time, and Python 3.11 or later, which reads what `cargo --timings` writes.
set -euo pipefail
cd "$(dirname "$0")/.."

old=$(git rev-parse --short "${1:?usage: benches/build.sh OLD [NEW]}^{commit}")
new=$(git rev-parse --short "${2:-HEAD}^{commit}")
report=docs/performance-build.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# install.sh calls the `cargo` on PATH; this one adds the option that writes how long each unit takes.
mkdir "$work/path"
cat >"$work/path/cargo" <<SHIM
#!/bin/sh
[ "\$1" != install ] || set -- "\$@" --timings
exec $(command -v cargo) "\$@"
SHIM
chmod +x "$work/path/cargo"

for commit in "$old" "$new"; do
    git clone --quiet --no-checkout . "$work/$commit"
    git -C "$work/$commit" checkout --quiet "$commit"
    (cd "$work/$commit" && cargo fetch --quiet --locked)
    echo "compiling $commit"
    (
        cd "$work/$commit"
        PATH=$work/path:$PATH XDG_BIN_HOME=$work/bin-$commit CARGO_TARGET_DIR=$work/target-$commit \
            /usr/bin/time -q -o "$work/time-$commit" -f '%e %U %S' ./install.sh >/dev/null
    )
    cp "$work/target-$commit"/cargo-timings/cargo-timing.html "$work/units-$commit.html"
    rm -rf "$work/target-$commit"
done

python3 - "$work" "$old" "$new" >"$work/page" <<'PY'
import json, os, pathlib, platform, re, sys
from datetime import date

work, old, new = pathlib.Path(sys.argv[1]), *sys.argv[2:]


def took(commit):
    wall, user, system = map(float, (work / f"time-{commit}").read_text().split())
    return wall, user + system


def longest(commit):
    text = (work / f"units-{commit}.html").read_text()
    units = json.loads(re.search(r"const UNIT_DATA = (\[.*?\]);\n", text, re.S)[1])
    name = lambda unit: unit["name"] + (" (its C)" if "(run)" in unit["target"] else "")
    rows = sorted(((unit["duration"], name(unit)) for unit in units), reverse=True)
    return len(units), rows[:15]


(old_wall, old_cpu), (new_wall, new_cpu) = took(old), took(new)
(old_count, old_rows), (new_count, new_rows) = longest(old), longest(new)
model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
print(f"""# Performance: building

Measured on {date.today()} by [benches/build.sh](../benches/build.sh), which writes this page: `./install.sh` in a clone with nothing
compiled, one after the other, on {os.cpu_count()} cores of {model[1] if model else platform.processor()}. The download of the dependencies is not included.

| | `{old}` | `{new}` | ratio |
|---|--:|--:|--:|
| wall | {old_wall:.0f} s | {new_wall:.0f} s | {new_wall / old_wall:.2f} |
| CPU | {old_cpu:.0f} s | {new_cpu:.0f} s | {new_cpu / old_cpu:.2f} |
| units | {old_count} | {new_count} | |

The units that took longest, from their start to their end, as `cargo --timings` writes it:

| `{old}` | s | `{new}` | s |
|---|--:|---|--:|""")
for (old_s, old_name), (new_s, new_name) in zip(old_rows, new_rows):
    print(f"| {old_name} | {old_s:.0f} | {new_name} | {new_s:.0f} |")
PY
mv "$work/page" "$report"
cat "$report"
