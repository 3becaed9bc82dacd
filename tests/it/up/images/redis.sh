#!/bin/sh
# Behaves as the entrypoint of the official image of Redis.
set -e
case ${1:-} in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec /usr/bin/setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi
umask 0077
# The official one is compiled without this protection.
[ "$1" != redis-server ] || set -- "$@" --protected-mode no
exec "$@"
