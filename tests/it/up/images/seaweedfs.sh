#!/bin/sh
# Behaves as the entrypoint of SeaweedFS's image: its data is in /data, whatever the arguments say of the rest.
set -e
if [ "$(id -u)" = 0 ]; then
    chown -R seaweed /data
    exec /usr/bin/setpriv --reuid=seaweed --regid=seaweed --clear-groups "$0" "$@"
fi
case ${1:-} in
    master)
        shift
        set -- master -mdir=/data -volumeSizeLimitMB=1024 "$@"
        ;;
    server)
        shift
        set -- server -dir=/data -volume.max=0 -master.volumeSizeLimitMB=1024 "$@"
        ;;
    volume | mini)
        command=$1
        shift
        set -- "$command" -dir=/data "$@"
        ;;
esac
exec weed -logtostderr=true "$@"
