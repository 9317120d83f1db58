# shellcheck shell=bash
# title: MemoryHigh around NSO: a core that is throttled
# guest: shared
# seconds: 260
# claim control: without nsomem the dump crawls for as long as it is throttled: less than 1 MiB of it in 5 s
# claim dump: memory.high is the ceiling, it is raised, and the dump is whole
# claim back: it is put back on the slice, which outlives the core
# claim below: the same below a MemoryMax, which stays

slice=/sys/fs/cgroup/nso.slice
high() { cat $slice/memory.high; }
# set_high PERCENT [PROPERTY…]: that much of what the slice holds now. By the time this returns it may be raised.
set_high() {
  was=$(($(cat $slice/memory.current) * $1 / 100 / 4096 * 4096))
  systemctl set-property --runtime nso.slice MemoryHigh="$was" "${@:2}"
}
pressure() { grep -o 'full avg10=[0-9.]*' $slice/memory.pressure; }
reset_slice() { nso_stop; systemctl stop nso.slice; systemctl revert nso.slice; }

agent_config <<'END'
[physical]
recovery_time = "1s"
[actions]
warning_phy = []
[crash_dump]
cooldown = "1s"
END
nso_start Slice=nso.slice
core-say grow table 500 200
set_high 80
kill -USR1 "$(core_pid)"
sleep 5
written=$(dump_bytes)
crawls() { [[ $written == no ]] || ((written < 1 << 20)); }
claim control "$written bytes after 5 s, $(pressure)" crawls
systemctl kill -s KILL ncs
reset_slice

nso_start Slice=nso.slice
agent_start
core-say grow table 500 200
set_high 80
back() { [[ $(high) == "$was" ]]; }
wait_for 60 step verdict
raised_and_whole() { [[ $(fact critical ceiling) == 'cgroup:/nso.slice memory.high' ]] && step high-raised && dump_whole; }
claim dump "$(fact critical ceiling), raised to $(fact high-raised toBytes), $(fact verdict word)" raised_and_whole
wait_for 10 back
claim back "$was, now $(high)" back

nso_stop
reset_slice
nso_start Slice=nso.slice
wait_for 60 follows "$(core_pid)"
wait_for 60 is_normal
core-say grow table 500 200
before=$(incident)
max=$(($(cat $slice/memory.current) * 130 / 100 / 4096 * 4096))
set_high 80 MemoryMax=$max
wait_for 60 another_verdict "$before"
wait_for 10 back
below() { raised_and_whole && no_oom_kill && back && [[ $(cat $slice/memory.max) == "$max" ]]; }
claim below "$(fact critical ceiling), raised to $(fact high-raised toBytes), $(fact verdict word), now $(high) below $(cat $slice/memory.max)" below
