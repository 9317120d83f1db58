# shellcheck shell=bash
# title: MemoryMax around NSO, 1 GiB, 300 MiB/s asked, as fast as a guest can
# guest: shared
# seconds: 300
# claim control: without nsomem the kernel kills the core, and there is no dump
# claim ceiling: the ceiling is named
# claim critical: critical is entered, and SIGUSR1 sent before the kernel acts
# claim dump: the dump is whole

# As fast as a guest can: huge pages take the kernel's part of it away.
huge_pages=/sys/kernel/mm/transparent_hugepage/enabled
were=$(grep -oE '\[[a-z]+' $huge_pages)
echo always >$huge_pages
grow() {
  local begun=$EPOCHREALTIME
  core-say grow table 300 1200
  note "$1: grew to its end in $(((${EPOCHREALTIME/./} - ${begun/./}) / 1000)) ms"
}

signalled_alive() { step signal-sent && no_oom_kill; }

nso_start MemoryMax=1G
core=$(core_pid)
grow control
wait_for 60 ended "$core"
claim control "$(oom_kills) dumps: $(ls /var/opt/ncs)" killed_without_dump "$core"
nso_stop
dmesg --clear

nso_start MemoryMax=1G
core=$(core_pid)
nsomem service install
wait_for 90 follows "$core"
grow rescue
wait_for 120 step verdict
claim ceiling "$(fact critical ceiling)" grep -q ncs.service <<<"$(fact critical ceiling)"
claim critical "$(fact critical usedKib) of $(fact critical limitKib) KiB, $(oom_kills)" signalled_alive
claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms" dump_whole
echo "${were#[}" >$huge_pages
