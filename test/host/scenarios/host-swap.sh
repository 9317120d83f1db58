# shellcheck shell=bash
# title: host of 1.5 GiB with a swap file, BEAM at 80 MiB/s to the end
# guest: shared
# seconds: 300
# claim dump: the dump is whole
# claim first: the kernel kills nothing

fallocate -l 400M /swapfile && chmod 600 /swapfile && mkswap -q /swapfile && swapon /swapfile
nso_start
agent_start
core-say grow table 1000 900 && core-say grow table 80 1500
wait_for 120 step verdict
claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms after the signal" dump_whole
claim first "killed: $(oom_kills)" no_oom_kill
