#!/bin/bash
# What the guest does once systemd is up: says `ready` on the second serial port, waits there for `run SCENARIO`,
# mounts the payload at /lab and lets /lab/run.sh do it. A memory image of the guest is taken while it waits.
exec </dev/null >/dev/ttyS0 2>&1
stty -F /dev/ttyS1 raw -echo
exec 3<>/dev/ttyS1
sync
echo 3 >/proc/sys/vm/drop_caches
echo ready >&3
# What stands before it is what is lost of a serial line while a guest resumes.
until [[ ${word-} == run ]]; do read -r word scenario <&3; done
mkdir -p /lab
mount -o ro /dev/vdb /lab
exec bash /lab/run.sh "$scenario"
