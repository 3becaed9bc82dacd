#!/bin/sh
# Stops a container engine of the tests: watchdog.sh wait|now DIRECTORY DATA
#
# `wait` until no process uses it any more; each has a file in DIRECTORY/users. What the engine made is gone after that: processes, mounts,
# network devices. DATA keeps its images.
how=$1 directory=$2 data=$3

is_used() {
    for user in "$directory"/users/*; do
        kill -0 "${user##*/}" 2>/dev/null && return
        rm -f "$user"
    done
    return 1
}

# What engines leave with containers: containerd and its shims, and Podman's monitors.
helpers() {
    busybox pgrep -f "(containerd|conmon).* $directory/exec/"
}

# Processes of containers end at once, so that the engine need not wait for them.
kill_containers() {
    for shim in $(busybox pgrep -f "(containerd-shim|conmon).* $directory/exec/"); do
        # shellcheck disable=SC2046 # one word for each process
        kill -KILL $(busybox pgrep -P "$shim") 2>/dev/null
    done
}

stop() {
    engine=$(cat "$directory/pid" 2>/dev/null) && grep -q "$directory/exec" "/proc/$engine/cmdline" 2>/dev/null || engine=
    [ -z "$engine" ] || kill "$engine"
    for _ in $(seq 100); do
        kill_containers
        [ -n "$engine" ] && [ -d "/proc/$engine" ] || break
        sleep 0.1
    done
    [ -z "$engine" ] || kill -KILL "$engine" 2>/dev/null
    # Podman also has rules of iptables for its containers.
    [ ! -e "$directory/containers.conf" ] ||
        CONTAINERS_CONF=$directory/containers.conf podman --root "$data" --runroot "$directory/exec" rm --force --all --time 0 --volumes
    for _ in $(seq 50); do
        kill_containers
        # shellcheck disable=SC2046 # one word for each process
        kill -KILL $(helpers) 2>/dev/null || break
        sleep 0.1
    done
    # The last mount first.
    awk -v one="$directory/" -v two="$data/" 'index($2, one) == 1 || index($2, two) == 1 { print $2 }' /proc/mounts | sort -r |
        while read -r mount; do umount -l "$mount"; done
    pool=$(cat "$directory/pool" 2>/dev/null) &&
        busybox ip -o -4 addr | awk -v pool="$pool." 'index($4, pool) == 1 { print $2 }' | while read -r device; do busybox ip link del "$device"; done
    rm -rf "$directory"
}

if [ "$how" = wait ]; then
    exec 9>"$data.lock"
    while :; do
        while is_used; do sleep 0.5; done
        flock 9
        is_used || break
        flock -u 9
    done
fi
stop
