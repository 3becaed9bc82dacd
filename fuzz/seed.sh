#!/usr/bin/env bash
# Fills fuzz/corpus/TARGET with small files to start from: the examples, the fixtures, and build/corpus if it exists.
# Takes Python files from further directories as well: fuzz/seed.sh ~/src/project
set -euo pipefail
cd "$(dirname "$0")/.."

# Copies the files whose names come on standard input into a target's corpus, each under the hash of its content.
into() {
    local directory=fuzz/corpus/$1 file
    mkdir -p "$directory"
    while IFS= read -r file; do
        cp "$file" "$directory/$(sha1sum <"$file" | cut -c1-40)"
    done
}

sources=(examples tests/fixtures)
for more in build/corpus "$@"; do
    [ -d "$more" ] && sources+=("$more")
done

# Files with that name that are small enough to mutate well.
named() {
    find "${sources[@]}" -type f -size -20k -name "$1"
}

for pattern in 'settings*.py' 'config*.py' '*_settings.py' '*_config.py' 'project.py'; do
    named "$pattern" | into python_source
    named "$pattern" | into python_project
    named "$pattern" | into scan
done
for pattern in '*.toml' '*.yaml' '*.yml' '*.json'; do
    named "$pattern" | into settings_file
done
named pyproject.toml | into pyproject
named pyproject.toml | into config
named takk.toml | into config
named uv.lock | into uv_lock
named poetry.lock | into poetry_lock
named pdm.lock | into pdm_lock
named 'pylock*.toml' | into pylock
named Pipfile.lock | into pipfile_lock
named 'requirements*.txt' | into requirements
for pattern in '*.env*' '*.json' '*.yaml' '*.yml'; do
    find tests/fixtures/exchange -type f -size -20k -name "$pattern" | into exchange
done
# What the code of the examples needs, according to takk.
mkdir -p fuzz/corpus/declaration
for example in examples/* tests/fixtures/seeds; do
    "${TAKK:-target/debug/takk}" inspect --format json "$example" >"fuzz/corpus/declaration/$(basename "$example")" || true
done
mkdir -p fuzz/corpus/compiled
cat >fuzz/corpus/compiled/shop <<'JSON'
{"name": "shop", "shared_settings": [{"name": "psql_url", "data_type": "PostgresDsn", "default_value": {}, "is_secret": true,
"tags": ["psql_dsn"]}, {"name": "note", "data_type": "str", "default_value": null, "is_optional": true}], "containers": [{"name": "api",
"settings": [{"name": "port", "data_type": "int", "default_value": "8000"}], "ingress": {"port": 8000, "host": "x"}, "scope": "app"}]}
JSON

for corpus in fuzz/corpus/*; do
    echo "$corpus: $(find "$corpus" -type f | wc -l) files"
done
