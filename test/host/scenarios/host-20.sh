# shellcheck shell=bash
# title: host of 1.5 GiB without swap, BEAM at 20 MiB/s to the end; the control is that of host-80
# guest: shared
# seconds: 300
# claim dump: the dump is whole before the kernel acts
# claim first: the kernel kills nothing of NSO's and nothing of nsomem's

host_to_the_end 20
