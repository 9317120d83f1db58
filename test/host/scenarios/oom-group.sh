# shellcheck shell=bash
# title: memory.oom.group = 1
# guest: shared
# seconds: 300
# claim control: without nsomem the kernel kills the core and its VMs together, and there is no dump
# claim unexposed: no VM is made the better victim, since its death would take the core with it
# claim shed: the VMs are ended instead, before memory is asked for
# claim dump: the dump is whole

together() { killed_without_dump "$core" && (($(dmesg | grep -c 'Killed process') >= 3)); }

nso_environment HOST_JVM=64 HOST_PYTHONS=1
nso_start MemoryMax=500M OOMPolicy=kill
core=$(core_pid)
core-say grow table 500 200
core-say grow table 60 500
wait_for 60 ended "$core"
claim control "$(oom_kills) dumps: $(ls /var/opt/ncs)" together
nso_stop

nso_start MemoryMax=500M OOMPolicy=kill
note "memory.oom.group $(cat "$(core_cgroup)/memory.oom.group")"
agent_start
core-say grow table 500 200
core-say grow table 60 500
wait_for 120 step verdict
wait_for 30 step shed
claim unexposed "$(step shielded)" not grep -q '"to":1000' "$(incident)incident.jsonl"
claim shed "$(step shed)" grep -q '"ended":true' <<<"$(step shed)"
claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms" dump_whole
