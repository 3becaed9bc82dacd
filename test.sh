#!/usr/bin/env bash
# All checks, as CI runs them: ./test.sh; some of them: ./test.sh quick, ./test.sh AREA... (./test.sh help lists the areas)
#
# Needs only Rust and Python 3.11 or later: cargo-nextest and cargo-deny are installed if they are missing. With Node 20, it also tests the
# dashboard in a browser.
# Prints little if everything passes: the summaries of the test runners, and what was not checked and why.
set -euo pipefail
cd "$(dirname "$0")"

# Runs a command and shows its output only if it fails.
quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        cat "$log"
        echo "FAILED: $*"
        exit 1
    fi
    rm -f "$log"
}

need() {
    command -v "$1" >/dev/null || {
        echo "error: $1 is not installed" >&2
        echo "hint: $2" >&2
        exit 2
    }
}

# Installs a cargo command that is missing.
need_cargo() {
    cargo "$1" --version >/dev/null 2>&1 || {
        echo "Installing cargo-$1, once; this takes some minutes."
        quietly cargo install --quiet --locked "cargo-$1"
    }
}

# Licences, sources and wildcards always; advisories if RustSec's database can be fetched. It is a git repository on GitHub, which
# not every network can reach. Yanked versions are detected without it: cargo itself warns about them when it packages.
check_dependencies() {
    quietly cargo deny --log-level error check licenses sources
    quietly cargo deny --log-level error --exclude-dev check bans
    if timeout 120 cargo deny fetch db >/dev/null 2>&1; then
        quietly cargo deny --log-level error check --disable-fetch advisories
    else
        echo "advisories: not checked, RustSec's database cannot be reached from here"
    fi
    local yanked
    yanked=$(cargo package --workspace --no-verify --locked --allow-dirty 2>&1 | grep 'is yanked' || true)
    if [ -n "$yanked" ]; then
        echo "$yanked"
        exit 1
    fi
}

# A keyring for tests: Debian's packages, if they may be installed. Otherwise, its tests report that they were skipped.
keyring() {
    local program
    for program in dbus-run-session gnome-keyring-daemon secret-tool; do
        command -v "$program" >/dev/null && continue
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            echo "Installing a keyring to test with, once."
            apt-get update -qq >/dev/null 2>&1 || true
            DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                gnome-keyring dbus libsecret-tools >/dev/null 2>&1 && return
        fi
        echo "keyring: not tested, $program is not installed (apt-get install gnome-keyring dbus libsecret-tools)"
        return
    done
}

# PostgreSQL for tests, in the same way. The tests start a server of their own.
postgresql() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing PostgreSQL to test with, once."
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null 2>&1 && return
    fi
    echo "PostgreSQL: not tested, it is not installed (apt-get install postgresql)"
}

# The OpenID Connect provider for tests is an npm package, which the tests install under target/.
node_packages() {
    command -v npm >/dev/null || echo "OpenID Connect: not tested, Node is not installed (apt-get install npm)"
}

# Wrong clocks for tests.
faketime() {
    ls /usr/lib/*/faketime/libfaketime.so.1 >/dev/null 2>&1 && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends faketime >/dev/null 2>&1 && return
    fi
    echo "clocks that are wrong: not tested, libfaketime is not installed (apt-get install faketime)"
}

# A browser for testing the dashboard, in the same way. Node is never installed.
browser() {
    command -v chromium >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Chromium to test with, once."
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1 || true
    fi
}

nextest() {
    cargo nextest run --cargo-quiet --locked --show-progress none --status-level retry --final-status-level flaky "$@"
}

# Integration tests, by modules of tests/it.
integration() {
    nextest --package takk --test it -E "test(/^($(
        IFS='|'
        echo "$*"
    ))::/)"
}

# The modules of tests/it that test a crate; other crates only have unit tests.
modules_of() {
    case $1 in
        analysis) echo cases findings libraries makers nested_values rules samples shop sources ;;
        api) echo schema ;;
        backends) echo backends ;;
        catalog) echo catalog vocabulary ;;
        client) echo client ;;
        crypto) echo keyring vault ;;
        dashboard)
            echo server::compare server::elsewhere server::fingerprints server::invitations server::mutated server::pages \
                server::value_form provision::dashboard
            ;;
        database) echo store::tls provision ;;
        document) echo bad_input ;;
        files) echo hostile ;;
        oidc) echo server::provider server::elsewhere server::jobs ;;
        packages) echo roots regressions ;;
        plan) echo plan why ;;
        project) echo base compare dotenv exchange keeping secrets transfer trust ;;
        python) echo differential regressions roots seeds ;;
        server) echo server ;;
        takk) echo cli confirmed findings formats install launch why ;;
        value) echo made_up nested_values values ;;
        vault) echo store vault ;;
    esac
}

# One crate: clippy, its unit tests, and its integration tests.
crate() {
    local package=takk-$1 modules
    [ "$1" != takk ] || package=takk
    quietly cargo clippy --quiet --locked --package "$package" --all-targets -- -D warnings
    nextest --package "$package" --lib --no-tests pass
    read -ra modules <<<"$(modules_of "$1")"
    [ ${#modules[@]} = 0 ] || integration "${modules[@]}"
}

# Worth running after every edit: the lints, the unit tests of all crates, and the integration tests that need no server, Python or other
# program.
quick() {
    quietly cargo fmt --check
    quietly cargo clippy --quiet --locked --all-targets -- -D warnings
    local fast='catalog|cli|docs|findings|formats|laws|links|plan|regressions|rules|samples|schema|why'
    nextest --lib --test it -E "not binary(it) or test(/^($fast)::/)"
}

crates() {
    local manifest
    echo takk
    for manifest in crates/*/Cargo.toml; do
        basename "$(dirname "$manifest")"
    done
}

help() {
    cat <<HELP
./test.sh               everything, as CI runs it
./test.sh quick         lints, unit tests, and the integration tests that take seconds: after every edit
./test.sh AREA...       one or more of:

  a crate, with the integration tests that are about it:
    $(crates | paste -sd ' ' | fold -s -w 100 | sed '2,$s/^/    /')
  browser               the dashboard in Chromium
  corpus                real packages, and what pydantic says of them
  deny                  licences, advisories and sources of dependencies, and which crate may name which
  deploy                the files of docs/deploy
  docs                  links, generated pages, and the examples in doc comments
  schemathesis          the HTTP API against its OpenAPI document
  package               the wheels and the sdist as they are installed, the README's examples in Python, pre-commit, action.yml
  scripts               shell scripts and the workflows of CI
  vocabulary            the Python package: beside takk 0.1.40, with servers, and its types
HELP
}

area() {
    case $1 in
        quick) quick ;;
        browser | corpus | deploy | package | schemathesis)
            [ -n "${TAKK:-}" ] || quietly cargo build --quiet --locked
            "tests/$1.sh"
            ;;
        deny) check_dependencies ;;
        docs)
            quietly cargo test --quiet --locked --doc
            integration docs laws links rules schema
            ;;
        scripts) tests/scripts.sh ;;
        extension | vocabulary) tests/python.sh ;;
        *)
            [ "$1" = takk ] || [ -f "crates/$1/Cargo.toml" ] || {
                echo "error: there is no area $1" >&2
                echo "hint: ./test.sh help lists them" >&2
                exit 2
            }
            crate "$1"
            ;;
    esac
}

case ${1:-} in
    help | -h | --help)
        help
        exit
        ;;
esac
need cargo "install Rust from https://rustup.rs"
need python3 "install Python 3.11 or later"
need_cargo nextest
need_cargo deny
if [ $# -gt 0 ]; then
    for name in "$@"; do
        area "$name"
    done
    exit
fi
keyring
postgresql
node_packages
faketime
browser
tests/servers.sh

quietly cargo fmt --check

# Includes the Python extension, which no other build compiles.
quietly cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
check_dependencies
quietly cargo test --quiet --locked --doc
# Many tests wait for servers, so this runs one more than there are cores. All run, so that one run reports everything that fails.
nextest --no-fail-fast --test-threads "$(($(nproc) + 1))"
# What follows tests the program that the tests have compiled.
export TAKK=$PWD/target/debug/takk
tests/python.sh
tests/package.sh
tests/scripts.sh
tests/schemathesis.sh
tests/deploy.sh
tests/browser.sh
tests/corpus.sh
