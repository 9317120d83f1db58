# shellcheck shell=bash
# title: nsomem as root's service
# guest: shared
# seconds: 420
# claim installed: one command installs it, and systemd knows what it sees
# claim security: systemd-analyze security gives 4.0 or less
# claim reload: a reload is told to systemd and said once, a mistake is refused
# claim followed: NSO restarted three times is followed each time
# claim unguarded: NSO is unguarded for 2 s or less in all
# claim rescue: under its sandbox the dump is whole, and the core was shielded
# claim paths: the doctor shows NSO's paths as NSO knows them
# claim filter: under a filter of system calls that kills, the doctor ends with its verdict
# claim jit: where machine code is forbidden, the drill says that it is that, and not the kernel
# claim removed: one command removes it, and its records stay

unit_is() { systemctl show -p "$1" --value nsomem | grep -qxE "$2"; }
at_most() { awk -v is="$1" -v most="$2" 'BEGIN { exit !(is <= most) }'; }
watches() { journalctl -q -u nsomem -o cat | grep -q "watching NSO core .*PID $1\b"; }

is_core() { local words && mapfile -td '' words <"/proc/$1/cmdline" && [[ ${words[*]} == *'-boot ncs'* ]]; }
# The ms since boot at which the agent said that it watches the process $1.
watched_ms() {
  journalctl -q -u nsomem -o json | grep "watching NSO core .*PID $1\b" | tail -n 1 |
    grep -oE '"__MONOTONIC_TIMESTAMP" ?: ?"[0-9]+' | grep -oE '[0-9]{4,}$' | sed 's/...$//'
}

nso_start PrivateTmp=yes TimeoutStopSec=20
nsomem service install
claim installed "$(systemctl show -p ActiveState -p StatusText nsomem)" unit_is StatusText "physical .* % normal; NSO PID $(core_pid)"
exposure=$(systemd-analyze security --no-pager nsomem | grep -oE 'level for .*: [0-9.]+' | grep -oE '[0-9.]+$')
claim security "$exposure" at_most "$exposure" 4.0

: >/etc/nsomem/nsomem.toml
systemctl reload nsomem
said=$(journalctl -q -u nsomem -o cat | grep -c 'configuration taken over')
echo 'mistake = 1' >/etc/nsomem/nsomem.toml
reloads_well() { ((said == 1)) && not systemctl reload nsomem; }
claim reload "taken over: said $said times" reloads_well
agent_config <<<$'[physical]\nwarning_percent = 45\ncritical_percent = 50'
systemctl reload nsomem

followed=0 total=0
for _ in 1 2 3; do
  systemctl restart ncs
  core=$(core_pid)
  # Until then it is what starts NSO, and no NSO yet.
  until is_core "$core" 2>/dev/null; do pause 0.02; done
  begun=$(uptime_ms)
  wait_for 20 watches "$core" && followed=$((followed + 1))
  ms=$(($(watched_ms "$core") - begun))
  ((ms > 0)) || ms=0
  note "unguarded after a restart of NSO: $ms ms"
  total=$((total + ms))
  wait_for 40 core-say ping
done
claim followed "$followed of 3" test $followed = 3
claim unguarded "$total ms in all" at_most $total 2000

doctor=$(nsomem doctor)
claim paths "$(grep 'crash dump' <<<"$doctor")" not grep -E '/proc/(self|[0-9]+)/(root|fd)' <<<"$doctor"
filtered=$(systemd-run --quiet --pipe --wait -p SystemCallFilter=@system-service nsomem doctor 2>&1)
claim filter "$(tail -n 1 <<<"$filtered"); $(grep '^ok *clock' <<<"$filtered")" grep -q 'to look at, 0 failed' <<<"$filtered"
drill=$(systemd-run --quiet --pipe --wait -p MemoryDenyWriteExecute=yes -p RuntimeMaxSec=60 nsomem drill 2>&1)
claim jit "$(grep SIGUSR1 <<<"$drill")" grep -q 'MemoryDenyWriteExecute' <<<"$drill"

core-say grow table 300 900 >/dev/null &
wait_for 150 step verdict
rescued() { dump_whole && step shielded | grep -q "\"pid\":$core,.*\"to\":-999"; }
claim rescue "$(fact verdict word), $(dump_bytes) bytes; $(step shielded)" rescued
wait

nsomem service remove
removed() { not test -e /etc/systemd/system/nsomem.service && unit_is LoadState not-found && test -e /var/lib/nsomem/history.db; }
claim removed "$(ls /etc/systemd/system)" removed
