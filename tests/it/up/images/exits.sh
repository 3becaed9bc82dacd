#!/bin/sh
# A server that exits as soon as it starts.
echo "starting server"
echo "FATAL: could not map anonymous shared memory: Cannot allocate memory" >&2
exit 1
