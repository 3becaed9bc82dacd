#!/bin/sh
# Speaks SQS where ElasticMQ's image does: a different server, with nothing that it keeps.
exec /usr/bin/setpriv --reuid=nobody --regid=nogroup --clear-groups python3 -c 'from moto.server import main; main()' -H 0.0.0.0 -p 9324
