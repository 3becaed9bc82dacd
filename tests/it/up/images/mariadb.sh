#!/bin/sh
# Behaves like the entrypoint of MariaDB's official image, which also accepts the variables of MySQL's.
set -eu

# setting NAME: the value of MARIADB_NAME or MYSQL_NAME, or the content of the file in NAME_FILE.
setting() {
    eval "value=\${MARIADB_$1:-\${MYSQL_$1:-}} file=\${MARIADB_$1_FILE:-\${MYSQL_$1_FILE:-}}"
    [ -z "$file" ] || value=$(cat "$file")
    # As an SQL string.
    printf '%s' "$value" | sed "s/\\\\/\\\\\\\\/g; s/'/\\\\'/g"
}

case ${1:-} in
    -*) set -- mariadbd "$@" ;;
esac
case ${1:-} in
    mariadbd | mysqld) shift ;;
    *) exec "$@" ;;
esac
data=/var/lib/mysql
if [ "$(id -u)" = 0 ]; then
    find $data \! -user mysql -exec chown mysql: '{}' +
    exec /usr/bin/setpriv --reuid=mysql --regid=mysql --clear-groups "$0" mariadbd "$@"
fi
if [ ! -d $data/mysql ]; then
    root=$(setting ROOT_PASSWORD)
    if [ -z "$root$(setting ALLOW_EMPTY_ROOT_PASSWORD)" ]; then
        echo '[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified' >&2
        echo '        You need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD' >&2
        exit 1
    fi
    echo '[Note] [Entrypoint]: Initializing database files'
    mariadb-install-db --datadir=$data --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --force >/dev/null
    {
        echo 'FLUSH PRIVILEGES;'
        echo "ALTER USER 'root'@'localhost' IDENTIFIED BY '$root';"
        echo "CREATE USER 'root'@'%' IDENTIFIED BY '$root';"
        echo "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
        database=$(setting DATABASE)
        user=$(setting USER)
        [ -z "$database" ] || echo "CREATE DATABASE \`$database\`;"
        [ -z "$user" ] || echo "CREATE USER '$user'@'%' IDENTIFIED BY '$(setting PASSWORD)';"
        # In the pattern of a grant, `_` matches any character.
        [ -z "$user" ] || [ -z "$database" ] || echo "GRANT ALL ON \`$(echo "$database" | sed 's/_/\\_/g')\`.* TO '$user'@'%';"
    } >/tmp/init.sql
    mariadbd --no-defaults --bootstrap --datadir=$data </tmp/init.sql
    rm /tmp/init.sql
    echo '[Note] [Entrypoint]: MariaDB init process done. Ready for start up.'
fi
exec mariadbd --datadir=$data --socket=/run/mysqld/mysqld.sock --bind-address=0.0.0.0 --skip-name-resolve \
    --innodb-flush-log-at-trx-commit=0 "$@"
