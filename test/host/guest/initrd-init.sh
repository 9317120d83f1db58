#!/bin/busybox sh
# shellcheck shell=dash
# The initrd's: loads the modules beside it in the order of their numbers, and goes over to the root disk.
busybox=/bin/busybox
$busybox mount -t proc proc /proc
$busybox mount -t devtmpfs dev /dev
for module in /[0-9]*.ko; do $busybox insmod "$module"; done
$busybox mount -t ext4 -o rw,noatime /dev/vda /root
$busybox mount --move /dev /root/dev
$busybox umount /proc
exec $busybox switch_root /root /sbin/init
