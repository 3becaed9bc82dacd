#!/bin/sh
# Behaves like the entrypoint of PostgreSQL's official image, as far as a client of a container engine can tell.
set -eu

# file_env NAME: its value, or the content of the file in NAME_FILE.
file_env() {
    eval "value=\${$1:-} file=\${$1_FILE:-}"
    [ -z "$value" ] || [ -z "$file" ] || {
        echo "error: both $1 and $1_FILE are set (but are exclusive)" >&2
        exit 1
    }
    [ -z "$file" ] || value=$(cat "$file")
    eval "$1=\$value"
}

case ${1:-} in
    -*) set -- postgres "$@" ;;
esac
[ "${1:-}" = postgres ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    chown -R postgres "$PGDATA" /var/run/postgresql
    exec /usr/bin/setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
fi
if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
    exec "$@"
fi

# Since 18, a volume for the data of an earlier version is an error.
if [ "$PG_MAJOR" -ge 18 ] && { [ -s /var/lib/postgresql/data/PG_VERSION ] || grep -q ' /var/lib/postgresql/data ' /proc/self/mountinfo; }; then
    echo "Error: in 18+, these Docker images are configured to store database data in a" >&2
    echo "       format which is compatible with \"pg_ctlcluster\" (specifically, using" >&2
    echo "       major-version-specific directory names)." >&2
    exit 1
fi
file_env POSTGRES_USER
file_env POSTGRES_PASSWORD
file_env POSTGRES_DB
: "${POSTGRES_USER:=postgres}"
: "${POSTGRES_DB:=$POSTGRES_USER}"
if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    echo "       You must specify POSTGRES_PASSWORD to a non-empty value for the" >&2
    echo "       superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\"." >&2
    exit 1
fi
printf '%s\n' "$POSTGRES_PASSWORD" >/tmp/password
initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --no-sync --encoding=UTF8 --no-locale -D "$PGDATA"
rm /tmp/password
printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
# Nothing here outlives a machine that loses its power.
printf "\nlisten_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\nfsync = off\n" >>"$PGDATA/postgresql.conf"
if [ "$POSTGRES_DB" != postgres ]; then
    echo "CREATE DATABASE \"$POSTGRES_DB\"" | postgres --single -j -D "$PGDATA" postgres >/dev/null
fi
# The first of two times that the log says `database system is ready to accept connections`: nobody outside can log in yet.
pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p ${PGPORT:-5432}" -w start
pg_ctl -D "$PGDATA" -m fast -w stop
printf '\nPostgreSQL init process complete; ready for start up.\n\n'
exec "$@"
