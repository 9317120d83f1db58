# shellcheck shell=bash disable=SC2154
# title: nested slices, a neighbour in the slice grows
# guest: shared
# seconds: 300
# claim ceiling: the slice is the ceiling
# claim grower: the incident names the neighbour, with its size and how much it grew
# claim verdict: the log, the status and the finding of the dump say that what grew is not NSO
# claim dump: the dump is whole
# claim control: without nsomem nobody says who it was, and the kernel kills what is largest

mkdir -p /run/systemd/system/site-nso.slice.d
printf '[Slice]\nMemoryMax=600M\n' >/run/systemd/system/site-nso.slice.d/max.conf

nso_start Slice=site-nso-core.slice
core=$(core_pid)
core-say grow table 1000 350
grow_beside neighbour 60 500 --slice=site-nso-jobs.slice
wait_for 80 not no_oom_kill
claim control "$(oom_kills)" killed_without_dump "$core"
systemctl stop neighbour
nso_stop

nso_start Slice=site-nso-core.slice
core-say grow table 1000 350
agent_start
sleep 5
grow_beside neighbour 30 500 --slice=site-nso-jobs.slice
wait_for 120 step verdict
claim ceiling "$(fact critical ceiling)" grep -q '/site.slice/site-nso.slice' <<<"$(fact critical ceiling)"
grew=$(step victim | grep -o '"grew":"[^"]*"')
names_it() { grep -qE 'everything else in the cgroup grew .*, most of it neighbour.service in cgroup /site.slice/[^,]*, which grew by [0-9.]+ MiB in [0-9]+ s to [0-9.]+ MiB' <<<"$1"; }
claim grower "$grew" names_it "$grew"
said() { grep -o 'What grew most is not NSO: .*' "$@" | head -n 1; }
wait_for 30 said "$status"
finding=$(nsomem stats)
is_said() { names_it "$(said "$logs/action.log")" && names_it "$(said "$status")" && names_it "$(said <<<"$finding")"; }
claim verdict "log: $(said "$logs/action.log" | cut -c1-120), status: $(said "$status" | cut -c1-120), finding: $(said <<<"$finding")" is_said
claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms" dump_whole
