# shellcheck shell=bash disable=SC2154
# title: root's service without one of its capabilities each
# guest: shared
# seconds: 420
# claim dumps: with all of them there is a debug dump, made as NSO's user
# claim handed: without CAP_SETUID, CAP_SETGID or CAP_CHOWN there is none, and the log says so
# claim sticky: an older dump in a sticky directory of NSO's is moved aside
# claim owner: without CAP_FOWNER it cannot be, and NSO is not signalled for a dump that cannot come
# claim override: nor without CAP_DAC_OVERRIDE, in a directory that is only NSO's
# claim syslog: the OOM killer is named by the kernel's own line
# claim no-syslog: without CAP_SYSLOG that line is not to be had

# At once: how it stops is not the question here.
end_agent() {
  systemctl kill -s KILL nsomem
  systemctl stop nsomem
}

# restart CAPABILITY: nsomem without it, from a clean record. "none" for all there are.
restart() {
  mkdir -p /run/systemd/system/nsomem.service.d
  printf '[Service]\nCapabilityBoundingSet=~%s\n' "${1/#none/CAP_NET_RAW}" >/run/systemd/system/nsomem.service.d/lab.conf
  systemctl daemon-reload
  end_agent
  rm -rf /var/lib/nsomem/{incidents,graphs-owed} /var/log/nsomem/action.log "$status"
  systemctl start nsomem
}

# nsomem first: it does not see that NSO ends, nor the next one before its time.
end_both() { end_agent && nso_stop; }

agent_config <<'END'
[physical]
warning_percent = 1
[actions]
warning_phy = ["debug-dump"]
[debug_dump]
count = 1
cooldown = "0s"
END
nso_start
nsomem service install >/dev/null
tried() { actions | grep -oE 'debug-dump (done|failed): .*'; }
wait_for 30 tried
all=$(tried)
claim dumps "$all" grep -q 'done: 1 of 1' <<<"$all"
refused=
for capability in CAP_SETUID CAP_SETGID CAP_CHOWN; do
  restart $capability
  wait_for 30 tried
  refused+="$capability: $(tried | grep -oE 'failed: .*' | cut -c1-130) "
done
claim handed "$refused" test "$(grep -o 'failed: ' <<<"$refused" | wc -l)" = 3
end_both

agent_config <<'END'
[physical]
warning_percent = 20
critical_percent = 25
[actions]
warning_phy = []
[crash_dump]
cooldown = "0s"
END
# signals_without CAPABILITY: the core is watched without it for a while, and then memory is critical.
signals_without() {
  restart "$1"
  wait_for 30 has "$status" '"outlook"'
  core-say grow table 1000 250
}
place=/var/opt/ncs/sticky
install -d -o nso -g nso -m 1777 $place
# dumps_beside CAPABILITY OWNER: a dump where there is an older one.
dumps_beside() {
  rm -f $place/*
  nso_environment NCS_DUMP=$place/ncs_crash.dump ERL_CRASH_DUMP=$place/ncs_crash.dump
  echo older >$place/ncs_crash.dump && chown "$2" $place/ncs_crash.dump && touch -d -1hour $place/ncs_crash.dump
  nso_start
  core=$(core_pid)
  signals_without "$1"
  wait_for 60 decided
}
decided() { step verdict || step signal-withheld; }
dumps_beside none games
is_beside() { step moved-aside && verdict_is complete && [[ $(cat $place/ncs_crash.dump.*) == older ]]; }
claim sticky "$(fact verdict word), $(step moved-aside)" is_beside
end_both
dumps_beside CAP_FOWNER games
is_left_alone() { not step signal-sent && not ended "$core" && [[ $(<$place/ncs_crash.dump) == older ]]; }
claim owner "$(step signal-withheld)" is_left_alone
end_both
chmod 755 $place
dumps_beside CAP_DAC_OVERRIDE games
claim override "$(step signal-withheld)" is_left_alone
end_both
rm -rf $place /run/ncs.env

# killed_dumping CAPABILITY: the OOM killer takes the core in the middle of its dump.
killed_dumping() {
  nso_start OOMPolicy=continue MemoryMax=300M
  core=$(core_pid)
  core-say grow heap 500 40
  signals_without "$1"
  wait_for 30 dump_has 1000000
  hog -1000
  wait_for 60 step verdict
  end_both
}
killed_dumping none
claim syslog "$(step oom-kill)" grep -q "Killed process $core (ncs.smp)" <<<"$(step oom-kill)"
killed_dumping CAP_SYSLOG
claim no-syslog "$(step oom-kill), $(step ended-by)" not grep -q "Killed process $core (ncs.smp)" <<<"$(step oom-kill)"
