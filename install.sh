#!/bin/sh
# Installs takk for the user who runs this: ./install.sh
#
# Into $XDG_BIN_HOME if that is set, or else ~/.local/bin; but into cargo's own bin directory if only that one is on PATH.
# Builds takk from this checkout. With TAKK_VERSION=0.1.0, it installs the executable of that release instead, from the GitHub releases of
# the cloned repository or from TAKK_RELEASES; with TAKK_RELEASE_URL, exactly that file. The checksum next to it (URL.sha256) must match.
# There is no release yet.
# Another run does nothing while the checkout is unchanged and at the same commit.
set -eu

fail() {
    printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
    exit 1
}

is_on_path() {
    case ":$PATH:" in
        *":$1:"*) true ;;
        *) false ;;
    esac
}

bin_directory() {
    local_bin=$HOME/.local/bin
    cargo_bin=${CARGO_HOME:-$HOME/.cargo}/bin
    if [ -n "${XDG_BIN_HOME:-}" ]; then
        printf '%s\n' "$XDG_BIN_HOME"
    elif is_on_path "$cargo_bin" && ! is_on_path "$local_bin"; then
        printf '%s\n' "$cargo_bin"
    else
        printf '%s\n' "$local_bin"
    fi
}

# The version that this checkout would install: its commit, or nothing if it has changes or is not a checkout.
source_state() {
    if [ -z "$(git status --porcelain 2>&1)" ]; then
        git rev-parse HEAD
    fi
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

# The name of this machine in releases.
target() {
    case $(uname -s) in
        Linux)
            libc=gnu
            # The loader of musl exists, but not that of glibc.
            for loader in /lib/ld-musl-*; do
                [ ! -e "$loader" ] || [ -e /lib64/ld-linux-x86-64.so.2 ] || [ -e /lib/ld-linux-aarch64.so.1 ] || libc=musl
            done
            system=unknown-linux-$libc
            ;;
        Darwin) system=apple-darwin ;;
        *) system= ;;
    esac
    case $(uname -m) in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) machine= ;;
    esac
    [ -n "$system" ] && [ -n "$machine" ] || fail "there is no executable of takk for $(uname -s) on $(uname -m)" "unset TAKK_VERSION to build from source"
    printf '%s-%s\n' "$machine" "$system"
}

# The URL of the executable for this machine in the release TAKK_VERSION.
release_url() {
    case $TAKK_VERSION in
        *[!0-9A-Za-z.+-]*) fail "TAKK_VERSION is no version: $TAKK_VERSION" "TAKK_VERSION=0.1.0 ./install.sh" ;;
    esac
    releases=${TAKK_RELEASES:-}
    if [ -z "$releases" ]; then
        origin=$(git remote get-url origin 2>/dev/null) || origin=
        case $origin in
            https://github.com/*) repository=${origin#https://github.com/} ;;
            git@github.com:*) repository=${origin#git@github.com:} ;;
            *) fail "this is no clone of a repository on GitHub, which would have the releases" "set TAKK_RELEASES to their address, or unset TAKK_VERSION to build from source" ;;
        esac
        releases=https://github.com/${repository%.git}/releases/download
    fi
    target=$(target)
    printf '%s/v%s/takk-%s\n' "$releases" "${TAKK_VERSION#v}" "$target"
}

# Downloads the executable of the release into the given file.
download() {
    command -v curl >/dev/null || fail "curl is not installed" "install curl, or build from source: unset TAKK_VERSION and TAKK_RELEASE_URL"
    curl -fsSL --proto-redir =https -o "$1" "$TAKK_RELEASE_URL" -o "$1.sha256" "$TAKK_RELEASE_URL.sha256" ||
        fail "cannot download $TAKK_RELEASE_URL and its .sha256" "build from source: unset TAKK_VERSION and TAKK_RELEASE_URL"
    [ "$(sha256 "$1")" = "$(cut -d ' ' -f 1 "$1.sha256")" ] ||
        fail "the checksum of $TAKK_RELEASE_URL is not the one beside it" "download it again, or build from source: unset TAKK_VERSION and TAKK_RELEASE_URL"
    chmod 755 "$1"
}

# Builds the executable from this checkout into the given file.
build() {
    command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
    command -v cargo >/dev/null || fail "cargo is not installed, and takk is built from source" "install Rust from https://rustup.rs, then run ./install.sh again"
    printf 'Building takk from source; the first time takes some minutes.\n'
    cargo install --quiet --profile from-source --path . --locked --no-track --force --root "$work" ||
        fail "takk could not be built" "see the messages above; Rust $(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml) or later is needed (rustup update)"
    mv "$work/bin/takk" "$1"
}

cd "$(dirname "$0")"
bin=$(bin_directory)
if [ -n "${TAKK_VERSION:-}" ] && [ -z "${TAKK_RELEASE_URL:-}" ]; then
    TAKK_RELEASE_URL=$(release_url)
fi
record=${XDG_DATA_HOME:-$HOME/.local/share}/takk/installed
state=${TAKK_RELEASE_URL:-$(source_state)}

if [ -n "$state" ] && [ -x "$bin/takk" ] && [ "$(cat "$record" 2>/dev/null)" = "$state $(sha256 "$bin/takk")" ]; then
    printf 'takk is already installed from the same source: %s\n' "$bin/takk"
else
    mkdir -p "$bin" "$(dirname "$record")"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    if [ -n "${TAKK_RELEASE_URL:-}" ]; then download "$work/takk"; else build "$work/takk"; fi
    # A running takk keeps its file: the new one is renamed over it atomically.
    cp "$work/takk" "$bin/.takk.new"
    mv -f "$bin/.takk.new" "$bin/takk"
    printf '%s %s\n' "$state" "$(sha256 "$bin/takk")" >"$record"
    printf 'Installed %s\n' "$bin/takk"
fi

if ! is_on_path "$bin"; then
    # shellcheck disable=SC2016 # $PATH is for the user's shell to expand.
    printf 'hint: %s is not on PATH; add it with: export PATH="%s:$PATH"\n' "$bin" "$bin"
elif [ "$(command -v takk)" != "$bin/takk" ]; then
    printf 'hint: another takk comes first on PATH: %s\n' "$(command -v takk)"
fi
