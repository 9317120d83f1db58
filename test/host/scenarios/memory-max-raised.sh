# shellcheck shell=bash disable=SC2154
# title: MemoryMax raised while nsomem runs, and set on a slice above
# guest: shared
# seconds: 200
# claim warned: under the limit that was set NSO is at warning
# claim lifted: NSO that grows past where critical was under a limit that was raised is left alone
# claim slice: a limit that a slice above gets is the ceiling, and the dump is whole

# set_max UNIT CGROUP PERCENT: that much of what it holds now, without what the kernel would give back.
set_max() {
  local used field bytes
  used=$(cat "$2/memory.current")
  while read -r field bytes; do
    case $field in inactive_file | active_file | slab_reclaimable) ((used -= bytes)) ;; esac
  done <"$2/memory.stat"
  systemctl set-property --runtime "$1" MemoryMax=$((used * $3 / 100))
}

agent_config <<<$'[actions]\nwarning_phy = []'
nso_start
nsomem service install
wait_for 90 follows "$(core_pid)"
core-say grow table 500 150
set_max ncs.service "$(core_cgroup)" 108
is_warned() { grep -q '"level": \?"warning"' "$status" && grep -q 'ceiling": \?"[^"]*ncs.service' "$status"; }
wait_for 20 is_warned
claim warned "$(ceiling), $(percent) %" is_warned
limit_kib=$(($(cat "$(core_cgroup)/memory.max") / 1024))
systemctl set-property --runtime ncs.service MemoryMax=1G
core-say grow table 40 50
used_kib=$(($(cat "$(core_cgroup)/memory.current") / 1024))
is_normal() { grep -q '"limit_kib": \?1048576' "$status" && grep -q '"level": \?"normal"' "$status" && not grep -q '"level": \?"warning"' "$status"; }
wait_for 30 is_normal
left_alone() { ((used_kib * 100 > limit_kib * 95)) && is_normal && not step signal-intended && core-say ping; }
claim lifted "$used_kib KiB, the limit was $limit_kib; now $(ceiling), $(percent) %" left_alone
nso_stop
systemctl revert ncs.service

nso_start Slice=nso-prod.slice
wait_for 30 follows "$(core_pid)"
core-say grow table 500 400
set_max nso.slice /sys/fs/cgroup/nso.slice 115
core-say grow table 40 200
wait_for 60 step verdict
slice_rescued() { [[ $(fact critical ceiling) == cgroup:/nso.slice ]] && dump_whole; }
claim slice "$(fact critical ceiling), $(fact verdict word), killed: $(oom_kills)" slice_rescued
