# shellcheck shell=bash disable=SC2154
# title: nsomem as the service of NSO's user, /proc with hidepid=2
# guest: shared
# seconds: 420
# claim installed: it runs as NSO's user with one capability, and sees its core
# claim security: systemd-analyze security gives 2.5 or less
# claim doctor: its user's doctor finds nothing that fails, and both VMs can be looked into
# claim shield: the service says itself that it may shield NSO: under hidepid its user's doctor knows it as root's does
# claim status: its user and root see its status and reload it, root as that user
# claim configuration: it reads the configuration that root wrote
# claim rescue: the dump is whole, the core was shielded

mount -o remount,hidepid=2 /proc
mkdir -p /etc/nsomem && chmod 700 /etc/nsomem
(umask 077 && echo '[physical]
warning_percent = 45
critical_percent = 50' >/etc/nsomem/nsomem.toml)
nso_environment HOST_JVM=64 HOST_PYTHONS=1
nso_start PrivateTmp=yes
core=$(core_pid)
nsomem service install --user nso
agent=$(systemctl show -p MainPID --value nsomem)
wait_for 20 follows "$core"
runs_with_one() { grep -qE '^CapEff:\s+0000000001000000$' "/proc/$agent/status" && follows "$core"; }
claim installed "$(grep -E '^(Uid|CapEff)' "/proc/$agent/status"), $(systemctl show -p StatusText nsomem)" \
  runs_with_one
no_failure() { grep -qE ' 0 failed' <<<"$doctor" && grep -qE 'evidence of VMs +2 of 2 can be looked into' <<<"$doctor"; }
both_know() {
  local right="^ok *shield while it dumps +the agent may lower"
  grep -qE "$right" <<<"$doctor" && nsomem doctor --all | grep -qE "$right"
}
exposure=$(systemd-analyze security --no-pager nsomem | grep -oE 'level for .*: [0-9.]+' | grep -oE '[0-9.]+$')
claim security "$exposure" awk -v is="$exposure" 'BEGIN { exit !(is <= 2.5) }'
claim configuration "$(grep -oE '"warning_percent": ?[0-9]+' /run/nsomem/status.json | head -n 1)" grep -qE '"warning_percent": ?45' /run/nsomem/status.json
wait_for 60 grep -q pythonvm "$status"
wait_for 60 grep -q javavm "$status"
doctor=$(runuser -u nso -- nsomem doctor --all)
claim doctor "$(grep -E 'failed|^fail|evidence of VMs' <<<"$doctor")" no_failure
# What the agent may stands in its status: from /proc it is hidden from this user.
claim shield "$(grep -A1 'shield while' <<<"$doctor"); root: $(nsomem doctor --all | grep -A1 'shield while')" both_know
is_seen() { nsomem status && runuser -u nso -- nsomem status && runuser -u nso -- nsomem reload; }
claim status "$(nsomem status 2>&1 | head -n 1)" is_seen

core-say grow table 300 900 >/dev/null &
wait_for 150 step verdict
rescued() { dump_whole && step shielded | grep -q "\"pid\":$core,.*\"to\":-999"; }
claim rescue "$(fact verdict word), $(dump_bytes) bytes; $(step shielded)" rescued
wait
