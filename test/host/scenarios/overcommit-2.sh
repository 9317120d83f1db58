# shellcheck shell=bash disable=SC2154
# title: overcommit 2 with the limit really reached
# guest: shared
# seconds: 300
# claim control: without nsomem NSO ends by itself at the limit, while physical memory is normal
# claim warning: warning is entered on allocated memory, with debug dumps
# claim headroom: the agent acts with under 50 MiB of headroom
# claim dump: the dump is whole, and it is the answer to the signal
# claim physical: physical memory is normal all the time

# The last of it is NSO's, too: Linux keeps a part of it from each process (3 % of its size, 45 MiB at most on this host).
reserved=$(</proc/sys/vm/user_reserve_kbytes)
echo 0 >/proc/sys/vm/user_reserve_kbytes
# So that the limit is near: 500 MiB above what is taken now.
limit_commitments() {
  echo $(($(meminfo Committed_AS) + 500 * 1024)) >/proc/sys/vm/overcommit_kbytes
  echo 2 >/proc/sys/vm/overcommit_memory
  note "CommitLimit $(meminfo CommitLimit) KiB, Committed_AS $(meminfo Committed_AS) KiB"
}

nso_start
core=$(core_pid)
limit_commitments
core-say grow table 1000 1000
wait_for 120 ended "$core"
slogan() { sed -n 's/^Slogan: //p' "$dumped" | head -n 1; }
ended_by_itself() { slogan | grep -q 'annot allocate' && no_oom_kill; }
claim control "$(unit_result), $(slogan), killed: $(oom_kills)" ended_by_itself
nso_stop
echo 0 >/proc/sys/vm/overcommit_memory

# As late as that: the percentage at which so many MiB are left.
percent_at() { awk "BEGIN { printf \"%.2f\", 100 - $1 * 102400 / $(meminfo CommitLimit) }"; }
configure() {
  agent_config <<END
[allocated]
warning_percent = $1
critical_percent = $2

[actions]
crit_alloc = ["crash-dump"]
END
}
configure 90 95
nso_start
agent_start
limit_commitments
configure "$(percent_at 150)" "$(percent_at 45)"
nsomem reload
core-say grow table 300 300
core-say grow table 8 1000
wait_for 120 step verdict
wait_for 60 step debug-dump-ended
left=$((($(fact critical limitKib) - $(fact critical usedKib)) / 1024))
late() { ((left < 50)) && step signal-sent; }
calm() { ! actions | grep -i "physical memory" | grep -qiE "warning|critical"; }
answered() { dump_whole && [[ $(slogan) == *[Ss]ignal* || $(slogan) == *USR1* ]]; }
claim warning "$(step debug-dump-ended)" grep -q 'dump1' <<<"$(step debug-dump-ended)"
claim headroom "$left MiB were left, $(step signal-sent)" late
claim dump "$(slogan), $(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms" answered
claim physical "$(fact critical kind), limit $(fact critical ceiling)" calm

echo 0 >/proc/sys/vm/overcommit_memory
echo 50 >/proc/sys/vm/overcommit_ratio
echo "$reserved" >/proc/sys/vm/user_reserve_kbytes
