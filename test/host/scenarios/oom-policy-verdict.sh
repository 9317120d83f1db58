# shellcheck shell=bash disable=SC2154
# title: who ended the core in the middle of its dump: systemd by OOMPolicy=stop, or the kernel
# guest: shared
# seconds: 240
# claim systemd: where an OOM kill beside the core made systemd end it, the verdict names systemd
# claim control: where the OOM killer took the core itself, the verdict names the OOM killer

agent_config <<'END'
[physical]
# Longer than plot.sh takes to see that a limit was set, up to 4 s: or the incident would be two.
recovery_time = "5s"
[actions]
warning_phy = []
[crash_dump]
cooldown = "1s"
END

# In the middle of a dump that takes its time: all of the heaps is written into it.
dumping() {
  core=$(core_pid)
  wait_for 30 follows "$core"
  wait_for 30 is_normal
  core-say grow heap 500 40
  core-say grow table 500 150
  systemctl set-property --runtime ncs.service MemoryMax=$(($(cat "$(core_cgroup)/memory.current") * 112 / 100))
  core-say grow table 10 100
  wait_for 40 dump_has 1000000
}

nso_start TimeoutStopSec=2
agent_start
dumping
hog 1000
wait_for 60 step verdict
names_systemd() { [[ $(fact ended-by who) == systemd ]] && not oom_killed "$core" && not step oom-kill; }
claim systemd "$(fact ended-by who): $(fact ended-by line); $(fact verdict word), $(unit_result), killed: $(oom_kills)" names_systemd
nso_stop
systemctl revert ncs.service
dmesg -C

before=$(incident)
nso_start OOMPolicy=continue
dumping
hog -1000
wait_for 60 another_verdict "$before"
names_kernel() { step oom-kill | grep -q "Killed process $core " && not step ended-by; }
claim control "$(fact oom-kill line); $(fact verdict word), $(unit_result), killed: $(oom_kills)" names_kernel
