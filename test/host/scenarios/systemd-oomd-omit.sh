# shellcheck shell=bash disable=SC2154
# title: systemd-oomd beside nsomem, with the property that doctor names; without it systemd-oomd is the control
# guest: shared
# seconds: 240
# claim named: doctor names the property, and with it neither doctor nor status warns
# claim awake: systemd-oomd struck in that slice all the same, and took another unit
# claim dump: the dump is whole

mkdir -p /run/systemd/oomd.conf.d
printf '%s\n' '[OOM]' 'DefaultMemoryPressureDurationSec=2s' >/run/systemd/oomd.conf.d/lab.conf
systemctl start systemd-oomd
# Of the slice's others only the neighbour may be taken.
systemctl set-property --runtime lab.service ManagedOOMPreference=omit
systemctl set-property --runtime systemd-journald.service ManagedOOMPreference=omit
systemctl set-property --runtime system.slice ManagedOOMMemoryPressure=kill ManagedOOMMemoryPressureLimit=5%
kills() { journalctl -q -o cat _COMM=systemd-oomd | grep '^Killed '; }

agent_config <<<$'[actions]\nwarning_phy = []'
nso_start
property=$(nsomem doctor | grep -oE 'ManagedOOMPreference=[a-z]+' | head -n 1)
systemctl set-property --runtime ncs.service "$property"
core=$(core_pid)
nsomem service install
wait_for 90 follows "$core"
sleep 3
quiet() { [[ $property ]] && not grep -q systemd-oomd "$status" && nsomem doctor --all | grep -q '^ok *other OOM daemons'; }
claim named "$property; $(nsomem doctor --all | grep -A1 'other OOM daemons')" quiet
grow_beside neighbour 200 100 --slice=system.slice
core-say grow table 500 200
# Throttled, it is under pressure, and at its ceiling.
systemctl set-property --runtime ncs.service MemoryHigh=$(($(cat "$(core_cgroup)/memory.current") * 80 / 100))
core-say grow table 500 100 >/dev/null &
wait_for 90 step verdict
wait_for 30 kills
awake() { kills | grep -q neighbour.service && not grep -q ncs.service <(kills); }
claim awake "$(kills)" awake
claim dump "$(fact verdict word), $(dump_bytes) bytes, on $(fact critical ceiling)" dump_whole
wait
