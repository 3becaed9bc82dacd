#!/bin/sh
# Replaces ElasticMQ's image with a different SQS server, which stores nothing.
exec /usr/bin/setpriv --reuid=nobody --regid=nogroup --clear-groups python3 -c 'from moto.server import main; main()' -H 0.0.0.0 -p 9324
