# shellcheck shell=bash
# title: host of 1.5 GiB without swap, BEAM at 80 MiB/s to the end
# guest: shared
# seconds: 300
# claim control: without nsomem the kernel kills the core, and there is no dump
# claim dump: the dump is whole before the kernel acts
# claim first: the kernel kills nothing of NSO's and nothing of nsomem's

host_to_the_end_alone 80
host_to_the_end 80
