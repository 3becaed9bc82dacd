#!/usr/bin/env bash
# Measures what storing values costs and writes docs/performance-values.md: benches/values.sh
#
# Needs a release build (`cargo build --release`) and Python 3.11 or later; the same run measures `dotenv run` of python-dotenv, from
# PyPI, `dotenvx run`, from npm if npm is installed, and `secretspec run` and `fnox exec` if they are installed:
#   cargo install --root build/bench-cargo --no-default-features --features cli secretspec
#   cargo install --root build/bench-cargo fnox
#
# TAKK=file  the program (default target/release/takk)
set -euo pipefail
cd "$(dirname "$0")/.."

takk=$(realpath "${TAKK:-target/release/takk}")
report=docs/performance-values.md
venv=build/bench-venv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TAKK_HOME=$work/home TAKK_KEYRING=off

[ -x "$takk" ] || {
    echo "error: there is no $takk" >&2
    echo "hint: cargo build --release" >&2
    exit 2
}

# CPU time of a short command in ms: many runs at once, because the clock is too coarse for one; the minimum of five batches, which other
# work on the machine has disturbed least. cpu TIMES WORDS...
cpu() {
    local times=$1
    shift
    for _ in 1 2 3 4 5; do
        /usr/bin/time -q -o "$work/many" -f '%U %S' sh -c 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@" >/dev/null 2>&1; n=$((n - 1)); done' sh "$times" "$@"
        awk -v times="$times" '{ printf "%.1f\n", ($1 + $2) * 1000 / times }' "$work/many"
    done | sort -n | head -n 1
}

# Wall time of a command in ms: the median of 21 runs.
wall() {
    for _ in $(seq 21); do
        /usr/bin/time -q -o "$work/one" -f '%e' python3 - "$@" <<'PY'
import subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(f"{(time.perf_counter() - start) * 1000:.1f}")
PY
    done | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

echo "Measuring; this takes some minutes." >&2

# The example with 50 values.
cp -r examples/shop "$work/shop"
"$takk" inspect "$work/shop" --json 2>/dev/null | python3 -c '
import json, sys
names = {}
for cls in json.load(sys.stdin)["settings"]:
    for field in cls["fields"]:
        if field["env"] and (field["required"] or len(names) < 200):
            names.setdefault(field["env"][0], field["required"])
print(*sorted(names, key=lambda name: not names[name]), sep="\n")' >"$work/names"
stored=0
while IFS= read -r name && [ "$stored" -lt 50 ]; do
    for value in "eu-west-1" "http://localhost:9000" "postgresql://a:b@localhost/x" "nats://localhost" "redis://localhost" \
        "m-000001" "sixteen characters at least" 5 true; do
        if printf '%s' "$value" | "$takk" secrets set "$name" --stdin -q -C "$work/shop" 2>/dev/null; then
            printf "%s='%s'\n" "$name" "$value" >>"$work/shop.env"
            stored=$((stored + 1))
            break
        fi
    done
done <"$work/names"
[ "$stored" = 50 ] || { echo "error: only $stored values could be stored" >&2; exit 1; }
cd "$work/shop"
"$takk" run -- true
# The program instead of the shell's builtin.
bare=$(cpu 200 "$(type -P true)")
run=$(cpu 100 "$takk" run --env dev -- true)
others=
add_other() {
    others+="| \`$1\` | $(awk -v a="$2" -v b="$bare" 'BEGIN { printf "%.1f", a - b }') ms | |"$'\n'
}
cd - >/dev/null
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -x "$venv/bin/dotenv" ] || "$venv/bin/pip" install --quiet 'python-dotenv[cli]==1.2.4'
add_other "dotenv run (python-dotenv $("$venv/bin/dotenv" --version | awk '{ print $NF }'))" "$(cpu 20 "$venv/bin/dotenv" -f "$work/shop.env" run -- true)"
if command -v npm >/dev/null; then
    npm=build/bench-npm
    [ -x "$npm/node_modules/.bin/dotenvx" ] || npm install --silent --no-fund --no-audit --prefix "$npm" @dotenvx/dotenvx
    dotenvx=$PWD/$npm/node_modules/.bin/dotenvx
    add_other "dotenvx run ($("$dotenvx" --version))" "$(cpu 10 "$dotenvx" run -q -f "$work/shop.env" -- true)"
fi
# Both read the 50 values in plain text from a file in their own format.
python3 - "$work" <<'PY'
import json, pathlib, sys
work = pathlib.Path(sys.argv[1])
pairs = [line.split("=", 1) for line in (work / "shop.env").read_text().splitlines()]
values = {name: value.strip("'") for name, value in pairs}
for tool in ("secretspec", "fnox"):
    (work / tool).mkdir()
declared = "".join(f'{name} = {{ description = "a value" }}\n' for name in values)
(work / "secretspec/secretspec.toml").write_text(f'[project]\nname = "shop"\nrevision = "1.0"\n\n[profiles.default]\n{declared}')
(work / "fnox/fnox.toml").write_text("[secrets]\n" + "".join(f"{name} = {{ default = {json.dumps(value)} }}\n" for name, value in values.items()))
PY
add_cargo() {
    local tool=$1 command=$2 bin=$PWD/build/bench-cargo/bin/$1
    shift 2
    [ -x "$bin" ] || return 0
    add_other "$tool $command ($("$bin" --version | awk '{ print $NF }'))" "$(cd "$work/$tool" && cpu 40 "$bin" "$command" "$@" -- true)"
}
add_cargo secretspec run --provider "dotenv:$work/shop.env"
add_cargo fnox exec
# 100 environments with 100 values each.
many=$work/many-values
mkdir "$many"
python3 - "$many" <<'PY'
import json, pathlib, sys
root = pathlib.Path(sys.argv[1])
environments = "".join(f"[tool.takk.environments.e{n:02}]\n" for n in range(100))
(root / "pyproject.toml").write_text(f'[project]\nname = "many"\n{environments}')
fields = "".join(f"    secret_{n:02}: SecretStr\n" for n in range(100))
(root / "settings.py").write_text(
    f"from pydantic import SecretStr\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n{fields}"
)
for e in range(100):
    values = {f"SECRET_{n:02}": f"value {n} of environment {e}, of an ordinary length" for n in range(100)}
    (root / f"e{e:02}.json").write_text(json.dumps(values))
PY
for file in "$many"/e*.json; do
    "$takk" secrets import "$file" --env "$(basename "$file" .json)" -C "$many" -q
done
list=$(wall "$takk" secrets list -C "$many")
one=$(wall "$takk" secrets list --env e50 -C "$many")
printf 'another value' >"$work/value"
set_one=$(wall "$takk" secrets set SECRET_50 --file "$work/value" --env e50 -C "$many" -q)
size=$(du -ck "$TAKK_HOME"/store.db* | tail -n 1 | awk '{ printf "%.1f", $1 / 1024 }')

checks=$(cargo bench --quiet --bench checks)

{
    cat <<MD
# Performance: values

Measured on $(date -u +%F) by [benches/values.sh](../benches/values.sh), which writes this page. CPU times are the minimum of
five batches, wall times the median of 21 runs.

$(awk -F': ' '/model name/ { print $2; exit }' /proc/cpuinfo), $(nproc) cores; $("$takk" --version).

| command | metric | measured | target |
|---|---|--:|--:|
| \`takk run --env dev -- true\`, [the example](../examples/shop) with 50 values | CPU above \`true\` | $(awk -v a="$run" -v b="$bare" 'BEGIN { printf "%.1f", a - b }') ms | 7.5 ms |
| \`takk secrets list\`, 10,000 values in 100 environments | wall | $list ms | 30 ms |
| the same, one environment | wall | $one ms | |
| \`takk secrets set\` of one value among them, with full sync | wall | $set_one ms | 15 ms |
| the database with these values | size | $size MB | 20 MB |

Other tools, with the same 50 variables in a plain file (they read no code and decrypt nothing):

| command | CPU above \`true\` | |
|---|--:|---|
$others
Values validated per second, one thread (target: 200,000 for scalars):

| type | values/s |
|---|--:|
MD
    printf '%s\n' "$checks" | awk -F'\t' '{ printf "| `%s` | %d |\n", $1, $2 }' | sed 's/int | None/int \\| None/'
} >"$report"
echo "Wrote $report." >&2
