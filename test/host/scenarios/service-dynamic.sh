# shellcheck shell=bash
# title: nsomem under DynamicUser with ambient capabilities
# guest: shared
# seconds: 420
# claim none: without a capability no core is followed, and the doctor says so
# claim ptrace: CAP_SYS_PTRACE is what shows its executable, run directory and mounts
# claim read: and CAP_DAC_READ_SEARCH what shows its environment, and its VMs' memory
# claim kill: CAP_KILL is what signals the core
# claim override: CAP_DAC_OVERRIDE is what writes its oom_score_adj
# claim resource: CAP_SYS_RESOURCE is what lowers it
# claim lock: CAP_IPC_LOCK is what locks memory where LimitMEMLOCK does not
# claim rescue: with all of them the core is signalled, shielded, and its dump is whole

nso_environment HOST_JVM=64
nso_start
core=$(core_pid)

# doctor CAPABILITIES…: one line for each check, as such a user.
doctor() {
  systemd-run --quiet --pipe --wait -p DynamicUser=yes -p StateDirectory=nsomem-lab -p LimitMEMLOCK=64K \
    -p "AmbientCapabilities=$*" -p "CapabilityBoundingSet=$*" /usr/local/bin/nsomem doctor --all --user nso 2>&1
}
# all_say TEXT VERDICT CHECK…: each of these checks has that verdict.
all_say() {
  local text=$1 verdict=$2 check
  shift 2
  for check; do grep -qE "^$verdict +$check" <<<"$text" || return 1; done
}
# helps VERDICT CHECK: $bare has that verdict there, and $with says ok.
helps() { all_say "$bare" "$1" "$2" && all_say "$with" ok "$2"; }

bare=$(doctor "")
claim none "$(grep -A1 'NSO found' <<<"$bare")" all_say "$bare" fail "NSO found"
bare=$(doctor CAP_SYS_PTRACE)
claim ptrace "$(grep -E 'NSO found|links' <<<"$bare")" all_say "$bare" ok "NSO found" "core.s links"
with=$(doctor CAP_SYS_PTRACE CAP_DAC_READ_SEARCH)
claim read "$(grep -E 'environment|VMs' <<<"$bare") / $(grep -E 'environment|VMs' <<<"$with")" \
  helps warn "core.s environment"
with=$(doctor CAP_SYS_PTRACE CAP_KILL)
claim kill "$(grep 'to signal' <<<"$bare") / $(grep 'to signal' <<<"$with")" \
  helps fail "permission to signal"
with=$(doctor CAP_SYS_PTRACE CAP_DAC_OVERRIDE)
claim override "$(grep 'shield' <<<"$bare") / $(grep 'shield' <<<"$with")" \
  all_say "$bare"$'\n'"$with" warn "shield.*not be written" "shield.*not be lowered"
with=$(doctor CAP_SYS_PTRACE CAP_DAC_OVERRIDE CAP_SYS_RESOURCE)
claim resource "$(grep 'shield' <<<"$with")" all_say "$with" ok "shield"
with=$(doctor CAP_SYS_PTRACE CAP_IPC_LOCK)
claim lock "$(grep 'memory lock' <<<"$bare") / $(grep 'memory lock' <<<"$with")" \
  helps warn "own memory lock"

agent_config <<<$'[physical]\nwarning_percent = 45\ncritical_percent = 50'
chmod 755 /etc/nsomem
all="CAP_KILL CAP_SYS_PTRACE CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_SYS_RESOURCE CAP_IPC_LOCK"
systemd-run --quiet --unit=nsomem -p Type=notify -p DynamicUser=yes -p StateDirectory=nsomem -p LogsDirectory=nsomem \
  -p RuntimeDirectory=nsomem -p ConfigurationDirectory=nsomem -p OOMScoreAdjust=-900 -p "AmbientCapabilities=$all" -p "CapabilityBoundingSet=$all" \
  /usr/local/bin/nsomem start --wait --user nso
wait_for 40 follows "$core"
core-say grow table 300 900 >/dev/null &
wait_for 150 step verdict
rescued() { dump_whole && step shielded | grep -q "\"pid\":$core,.*\"to\":-999"; }
claim rescue "$(fact verdict word), $(dump_bytes) bytes; $(step shielded)" \
  rescued
wait
