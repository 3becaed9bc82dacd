#!/usr/bin/env bash
# Installs the servers and the container engines that the tests of `takk up` run on: tests/servers.sh
#
# Debian's packages, where this may install them; what is missing after that is named, and its tests say that they were skipped. None of
# them is started here: the tests start their own. PostgreSQL 16 to 18, NATS, SeaweedFS and moto come from npm and PyPI, and MySQL from
# Debian's unstable distribution without being installed, when a test asks for them.
set -euo pipefail

# What a package of a server wants to start, while it is installed.
refusal=/usr/sbin/policy-rc.d

# The package that has a program.
missing=()
while read -r program package; do
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("$package")
done <<'PROGRAMS'
redis-server redis-server
mariadbd mariadb-server
rabbitmq-server rabbitmq-server
dockerd docker.io
podman podman
busybox busybox-static
PROGRAMS
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing servers to test with, once: ${missing[*]}"
    if [ ! -e "$refusal" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$refusal"
        chmod 755 "$refusal"
        trap 'rm -f "$refusal"' EXIT
    fi
    apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && exit
fi
echo "servers: not tested with all of them, these are not installed (apt-get install ${missing[*]})"
