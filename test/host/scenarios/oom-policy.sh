# shellcheck shell=bash disable=SC2154
# title: OOMPolicy=stop, systemd's default: an OOM kill of a VM ends the unit
# guest: shared
# seconds: 200
# claim doctor: doctor says so, with the drop-in that mends it
# claim control: without nsomem an OOM kill beside it makes systemd end the core in the middle of its dump

nso_environment HOST_PYTHONS=1
# So little that what the OOM killer takes is gone before it is asked again.
nso_start MemoryMax=180M TimeoutStopSec=2
nsomem doctor >/run/doctor.out
claim doctor "$(grep -A1 OOMPolicy /run/doctor.out | head -n 3)" grep -q 'OOMPolicy=continue' /run/doctor.out
core=$(core_pid)
core-say grow heap 500 40
kill -USR1 "$core"
wait_for 20 dump_has 1000000
hog 1000
wait_for 40 ended "$core"
ended_by_systemd() { not oom_killed "$core" && not dump_whole && [[ $(unit_result) == oom-kill ]]; }
claim control "$(unit_result), killed: $(oom_kills), $(dump_bytes) bytes" ended_by_systemd
