# shellcheck shell=bash disable=SC2154
# title: systemd-oomd beside nsomem
# guest: shared
# seconds: 200
# claim said: status says so before, with the property that mends it
# claim control: systemd-oomd kills all of NSO's unit, and there is no dump
# claim named: the log names systemd-oomd

mkdir -p /run/systemd/oomd.conf.d
printf '%s\n' '[OOM]' 'DefaultMemoryPressureDurationSec=2s' >/run/systemd/oomd.conf.d/lab.conf
systemctl start systemd-oomd
systemctl set-property --runtime system.slice ManagedOOMMemoryPressure=kill ManagedOOMMemoryPressureLimit=5%
# Throttled, it is under pressure.
throttle() { systemctl set-property --runtime ncs.service MemoryHigh=$(($(cat "$(core_cgroup)/memory.current") * 80 / 100)); }
kills() { journalctl -q -o cat _COMM=systemd-oomd | grep '^Killed '; }

# At first nsomem only looks on: what comes first is not the question here.
agent_config <<'END'
[actions]
warning_phy = []
crit_phy = []
END
nso_start
agent_start
core=$(core_pid)
wait_for 20 grep -q 'ManagedOOMPreference=omit' "$status"
claim said "$(grep -o 'systemd-oomd (PID[^"]*' "$status" | head -n 1)" grep -q 'ManagedOOMPreference=omit' "$status"
core-say grow table 500 200
throttle
core-say grow table 500 100 &
wait_for 60 ended "$core"
killed_without_dump() { kills | grep -q ncs.service && not dump_there; }
claim control "$(kills | head -n 1); $(dump_bytes) bytes" killed_without_dump
is_named() { actions | grep -q 'systemd-oomd ended it'; }
wait_for 30 is_named
claim named "$(actions | grep 'did not end by itself')" is_named
