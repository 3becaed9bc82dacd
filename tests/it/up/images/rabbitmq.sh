#!/bin/sh
# Behaves as the entrypoint of the official image of RabbitMQ.
set -e
if [ "$(id -u)" = 0 ]; then
    [ "$1" != rabbitmq-server ] || chown -R rabbitmq /var/lib/rabbitmq
    exec /usr/bin/setpriv --reuid=rabbitmq --regid=rabbitmq --clear-groups "$0" "$@"
fi
exec "$@"
