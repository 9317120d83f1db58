# shellcheck shell=bash disable=SC2154
# title: who ended the core in the middle of its dump: systemd by OOMPolicy=stop, or the kernel
# seconds: 240
# claim systemd: where an OOM kill beside the core made systemd end it, the verdict names systemd
# claim control: where the OOM killer took the core itself, the verdict names the OOM killer

agent_config <<'END'
[actions]
warning_phy = []
[crash_dump]
cooldown = "1s"
END

# In the middle of a dump that takes its time: all of the heaps is written into it.
dumping() {
  core=$(core_pid)
  wait_for 30 follows "$core"
  core-say grow heap 500 40
  core-say grow table 500 150
  systemctl set-property --runtime ncs.service MemoryMax=$(($(cat "$(core_cgroup)/memory.current") * 112 / 100))
  core-say grow table 40 100
  wait_for 40 dump_has 1000000
}

# takes_memory SCORE: another process of the unit, which the OOM killer takes first at 1000, and never at -1000.
takes_memory() {
  bash -c 'echo $$ >"$0/cgroup.procs"; echo "$1" >/proc/self/oom_score_adj
    exec python3 -c "held = bytearray(600 << 20)
for at in range(0, len(held), 4096): held[at] = 1"' "$(core_cgroup)" "$1" &
}

nso_start TimeoutStopSec=2
agent_start
dumping
takes_memory 1000
wait_for 60 step verdict
names_systemd() { [[ $(fact ended-by who) == systemd ]] && not oom_killed "$core" && not step oom-kill; }
claim systemd "$(fact ended-by who): $(fact ended-by line); $(fact verdict word), $(unit_result), killed: $(oom_kills)" names_systemd
nso_stop
systemctl revert ncs.service
dmesg -C

before=$(incident)
nso_start OOMPolicy=continue
dumping
takes_memory -1000
wait_for 60 another_verdict "$before"
names_kernel() { step oom-kill | grep -q "Killed process $core " && not step ended-by; }
claim control "$(fact oom-kill line); $(fact verdict word), $(unit_result), killed: $(oom_kills)" names_kernel
