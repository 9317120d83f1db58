#!/usr/bin/env bash
# run.sh SCENARIO: what the guest does: the scenario, its claims, and where one does not hold, what there is to see of it.
# File descriptor 3 is the serial port that the test reads.
set -uo pipefail

main() {
  local scenario=$1 word=
  mount --bind /lab/nsomem /usr/local/bin/nsomem
  BOOT=$(($(cat /var/lib/lab-boot 2>/dev/null || echo 0) + 1))
  echo "$BOOT" >/var/lib/lab-boot && sync
  export BOOT
  while run_scenario "$scenario"; do
    # Where they share a guest there comes another.
    until [[ $word == run ]]; do read -r word scenario <&3 || return; done
    word=
    restore
  done
}

run_scenario() {
  echo "--- $1"
  (
    # shellcheck source=/dev/null
    . /lab/lib.sh
    # shellcheck source=/dev/null
    . "/lab/scenarios/$1.sh"
  )
  local code=$?
  if ((code != 0)) || [[ -e /run/lab-failed ]]; then evidence; fi
  echo "done $code" >&3
}

# As it was before the scenario, but that programs are in memory and known to the emulator.
restore() {
  local units=(nsomem ncs earlyoom systemd-oomd neighbour hog nso.slice site.slice)
  systemctl kill -s KILL ncs nsomem
  systemctl stop "${units[@]}"
  # One that was started as a daemon is no unit's.
  pkill -KILL -x nsomem
  systemctl reset-failed
  rm -rf /etc/systemd/system/{,multi-user.target.wants/}nsomem.service{,.d} \
    /run/systemd/{system/*.d,system.control,oomd.conf.d} /run/ncs.env /run/nsomem /etc/nsomem \
    /var/{lib,log}/{,private/}nsomem /var/opt/ncs/{.local,*.dump*,*.sock} /var/opt/ncs/logs/*
  systemctl daemon-reload
  mount -o remount,hidepid=0 /proc
  swapoff -a
  rm -f /swapfile
  dmesg --clear
  journalctl -q --rotate --vacuum-time=1us
} >/dev/null 2>&1

evidence() {
  echo "--- dmesg"; dmesg | grep -iE 'oom|killed|memory cgroup' | tail -40
  echo "--- units"; systemctl --no-pager --full status ncs nsomem | head -40; journalctl --no-pager -q -u nsomem -u ncs | tail -40
  echo "--- agent.log"; tail -n 40 /var/log/nsomem/agent.log
  echo "--- incidents"; tail -n +1 /var/lib/nsomem/incidents/*/incident.jsonl | cut -c1-600
  echo "--- status"; cat /run/nsomem/status.json; free -m; ls -la /var/opt/ncs
} 2>&1

main "$@"
