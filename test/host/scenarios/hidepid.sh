# shellcheck shell=bash
# title: hidepid=2, as the nso user
# guest: shared
# seconds: 300
# claim follows: the core and its VMs are followed
# claim shield: what needs a right that he lacks is done in the other way: the VMs are exposed
# claim dump: the dump is whole

mount -o remount,hidepid=2 /proc
nso_environment HOST_JVM=64 HOST_PYTHONS=1
# With systemd's default, stop, they would be ended instead.
nso_start MemoryMax=600M OOMPolicy=continue
agent_start_as nso
claim follows "$(groups_seen)" grep -q javavm <<<"$(groups_seen)"
core-say grow table 500 350
core-say grow table 40 700
wait_for 120 step verdict
claim shield "$(step shielded)" grep -q '"to":1000' <<<"$(step shielded)"
claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms" dump_whole
