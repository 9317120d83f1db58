# shellcheck shell=bash disable=SC2154
# title: power cut in the middle of a dump
# guest: reboots
# seconds: 300
# claim cut: the power goes while the dump grows
# claim finished: the next start finishes the incident
# claim told: and says that the dump is cut

dump_grows() { [[ $(dump_bytes) =~ ^[0-9]{7} ]]; }
finished() { grep -q '"finishedLater":true' <<<"$(step verdict)"; }

if ((BOOT == 1)); then
  agent_config <<'END'
[physical]
warning_percent = 70
critical_percent = 80
END
  nso_start MemoryMax=400M
  agent_start
  core-say grow process 300 310 &
  wait_for 120 dump_grows
  echo "$(dump_bytes) bytes, $(step growing)" >/var/lib/lab-cut
  sync /var/lib/lab-cut
  echo b >/proc/sysrq-trigger
  sleep 60
fi
claim cut "$(cat /var/lib/lab-cut); after it $(dump_bytes) bytes" test -s /var/lib/lab-cut
systemd-run --quiet --collect --unit=nsomem /usr/local/bin/nsomem start --wait
wait_for 120 finished
claim finished "$(step verdict)" finished
claim told "$(nsomem incidents list)" verdict_is cut
