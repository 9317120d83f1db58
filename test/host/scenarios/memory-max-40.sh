# shellcheck shell=bash
# title: MemoryMax around NSO, of which the last 150 MiB are taken at 40 MiB/s
# guest: shared
# seconds: 300
# claim ceiling: the ceiling is named
# claim warning: warning is entered, with its debug dumps
# claim critical: critical is entered
# claim dump: the dump is whole
# claim control: without nsomem the kernel kills the core, and there is no dump

nso_start MemoryMax=400M
core=$(core_pid)
core-say grow table 500 200
core-say grow table 40 400
wait_for 60 ended "$core"
claim control "$(oom_kills) dumps: $(ls /var/opt/ncs)" killed_without_dump "$core"
nso_stop

nso_start MemoryMax=400M
agent_start
core-say grow table 500 200
core-say grow table 40 400
wait_for 120 step verdict
wait_for 30 step debug-dump-ended
claim ceiling "$(fact critical ceiling)" grep -q 'ncs.service' <<<"$(fact critical ceiling)"
claim warning "$(step debug-dump-ended)" step debug-dump-ended
claim critical "$(fact critical usedKib) of $(fact critical limitKib) KiB" step signal-sent
claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms" dump_whole
