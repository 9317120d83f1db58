# shellcheck shell=bash
# title: nsomem as root's service: killed, hanging, stopped
# guest: shared
# seconds: 420
# claim kill: killed by SIGKILL it is back and follows the same core
# claim watchdog: one that hangs is killed and started again
# claim stop: it stops within 2 s
# claim graphs: the next start draws the pictures that the stop did not

unit_is() { systemctl show -p "$1" --value nsomem | grep -qxE "$2"; }

nso_start
core=$(core_pid)
nsomem service install

agent=$(systemctl show -p MainPID --value nsomem)
since=$(uptime_ms)
kill -9 "$agent"
# Before systemd has seen its end the unit is active, with no process.
is_back() { unit_is ActiveState active && not unit_is MainPID "0|$agent" && follows "$core"; }
wait_for 120 is_back
note "back after SIGKILL: $(($(uptime_ms) - since)) ms"
claim kill "$(systemctl show -p NRestarts nsomem)" is_back

mkdir -p /run/systemd/system/nsomem.service.d
printf '[Service]\nWatchdogSec=10s\n' >/run/systemd/system/nsomem.service.d/lab.conf
systemctl daemon-reload && systemctl restart nsomem
agent=$(systemctl show -p MainPID --value nsomem)
kill -STOP "$agent"
barked() { journalctl -q -u nsomem -o cat | grep -i 'watchdog timeout'; }
started_again() { is_back && barked; }
wait_for 90 started_again
claim watchdog "$(barked | head -n 1)" wait_for 30 started_again
rm /run/systemd/system/nsomem.service.d/lab.conf && systemctl daemon-reload

# What the agents before this one owed.
rm -rf /var/lib/nsomem/graphs*
systemctl stop nsomem
# From when systemd sent SIGTERM to the end of all that the service had started.
usec_of() { systemctl show -p "$1" --value nsomem; }
took=$((($(usec_of InactiveEnterTimestampMonotonic) - $(usec_of ActiveExitTimestampMonotonic)) / 1000))
stopped_well() { ((took <= 2000)) && unit_is Result success; }
claim stop "$took ms" stopped_well
note "stopped after $took ms"
touch /run/lab-stopped
[[ -e /var/lib/nsomem/graphs-owed ]] && owed=yes || owed=no
systemctl start nsomem
drawn() { [[ /var/lib/nsomem/graphs/report.html -nt /run/lab-stopped && ! -e /var/lib/nsomem/graphs-owed ]]; }
drawn_later() { [[ $owed == yes ]] && wait_for 120 drawn; }
claim graphs "owed after the stop: $owed" drawn_later
