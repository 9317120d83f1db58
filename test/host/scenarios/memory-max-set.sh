# shellcheck shell=bash disable=SC2154
# title: MemoryMax set while nsomem runs
# guest: shared
# seconds: 200
# claim control: without nsomem the kernel kills the core under the limit that was set
# claim confirmed: the limit that was set is the ceiling, and what is measured right after does not refute it
# claim dump: the dump is whole, and the kernel killed nobody

# set_max PERCENT: of what NSO's unit holds now.
set_max() { systemctl set-property --runtime ncs.service MemoryMax=$(($(cat "$(core_cgroup)/memory.current") * $1 / 100)); }

nso_start
core=$(core_pid)
core-say grow table 500 400
set_max 115
core-say grow table 40 200
wait_for 20 ended "$core"
claim control "$(oom_kills) dumps: $(ls /var/opt/ncs)" killed_without_dump "$core"
nso_stop
systemctl revert ncs.service
dmesg -C

agent_config <<<$'[actions]\nwarning_phy = []'
nso_start
nsomem service install
wait_for 90 follows "$(core_pid)"
core-say grow table 500 400
set_max 115
core-say grow table 40 200
wait_for 60 step verdict
doubts() { actions | grep -c 'not confirmed'; }
confirmed() { [[ $(fact critical ceiling) == *ncs.service* && $(doubts) == 0 ]]; }
claim confirmed "$(fact critical ceiling), $(doubts) doubts" confirmed
whole_and_nobody_killed() { dump_whole && no_oom_kill; }
claim dump "$(fact verdict word), $(dump_bytes) bytes, killed: $(oom_kills)" whole_and_nobody_killed
