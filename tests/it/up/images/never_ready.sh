#!/bin/sh
# A server that starts but never listens.
echo "starting server"
trap 'exit 0' TERM INT
sleep 100000 &
wait
