# shellcheck shell=bash disable=SC2154
# title: OOMPolicy=stop, systemd's default, with nsomem: the VMs are ended, not exposed
# guest: shared
# seconds: 200
# claim seen: there is a VM
# claim ended: with nsomem the VMs are not exposed to the OOM killer, but ended while the core writes
# claim said: the log says which, and why
# claim dump: the dump is whole, and nobody was killed

nso_environment HOST_PYTHONS=1
agent_config <<'END'
[actions]
warning_phy = []
END
nso_start MemoryMax=300M TimeoutStopSec=2
agent_start
vm() { pgrep -f ncs_pyvm/startup.py; }
wait_for 30 vm
pid=$(vm)
claim seen "PID $pid" test -n "$pid"
core-say grow table 500 150
core-say grow table 40 300
wait_for 60 step verdict
not_exposed() { step shed | grep -q "\"pid\":$pid,.*\"ended\":true" && not grep -q '"to":1000' "$(incident)incident.jsonl"; }
claim ended "$(step shed | grep -o 'family.*' | head -c 200); $(step shielded | grep -o 'changes.*')" not_exposed
is_said() { actions | grep -q "ending .*PID $pid.*: systemd ends all of ncs.service .*OOMPolicy=stop"; }
claim said "$(actions | grep -o 'ending .*')" is_said
whole() { dump_whole && no_oom_kill; }
claim dump "$(fact verdict word), $(dump_bytes) bytes, killed: $(oom_kills)" whole
