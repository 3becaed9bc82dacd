#!/usr/bin/env bash
# The second step of action.yml: annotations on standard output, the plan in the job's summary, and the exit status of `takk check`.
#
# GitHub executes lines of the log that look like workflow commands. takk escapes the commands that it prints itself; all other output may
# contain file names of an untrusted repository, and is printed while GitHub's commands are disabled.
set -uo pipefail

# GitHub rejects a summary above 1 MiB, including those of the job's other steps.
most=900000

words=()
read -r -d '' -a environments <<<"$TAKK_ACTION_ENVIRONMENT" || true
for name in ${environments[@]+"${environments[@]}"}; do
    words+=("--env=$name")
done
arguments=()
while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "$line" ] || arguments+=("$line")
done <<<"$TAKK_ACTION_ARGS"

# Prints a file between markers that cannot be guessed.
print() {
    [ -s "$1" ] || return 0
    local mark
    mark=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '::stop-commands::%s\n' "$mark"
    cat "$1"
    printf '\n::%s::\n' "$mark"
}

said=$(mktemp)
trap 'rm -f "$said" "$said.plan"' EXIT

takk plan --format=markdown ${words[@]+"${words[@]}"} -- "$TAKK_ACTION_DIRECTORY" >"$said.plan" 2>"$said"
planned=$?
print "$said"
if [ $planned = 0 ]; then
    if [ "$(wc -c <"$said.plan")" -le $most ]; then
        cat "$said.plan" >>"$GITHUB_STEP_SUMMARY"
    else
        echo 'The plan is too long for a summary: see `takk plan`.' >>"$GITHUB_STEP_SUMMARY"
    fi
fi

check() {
    takk check --format=github ${words[@]+"${words[@]}"} "$@" -- "$TAKK_ACTION_DIRECTORY" 2>"$said"
    local status=$?
    print "$said"
    return $status
}

check ${arguments[@]+"${arguments[@]}"}
status=$?
if [ -n "$TAKK_ACTION_BASE" ]; then
    check "--base=$TAKK_ACTION_BASE"
    compared=$?
    [ $compared -le $status ] || status=$compared
fi
[ $planned -le $status ] || status=$planned
exit $status
