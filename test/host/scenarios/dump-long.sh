# shellcheck shell=bash disable=SC2154
# title: a dump longer than crash_dump.timeout; incidents list meanwhile
# guest: shared
# seconds: 420
# claim list: `incidents list` says "being written"
# claim on: beyond its time-out the dump is watched on, and the core stays shielded
# claim given-up: one that stands still for so long is given up, and the shield with it
# claim mended: when it is finished after all, the verdict is mended

agent_config <<'END'
[physical]
warning_percent = 75
critical_percent = 80

[crash_dump]
timeout = "4s"
END
adjustment() { cat "/proc/$core/oom_score_adj"; }
shielded_on() { [[ $(adjustment) == -999 ]] && ! step verdict; }
given_up() { [[ $(adjustment) == 0 ]] && verdict_is survived; }
mended() { verdict_is complete && dump_whole; }

nso_start MemoryMax=240M
core=$(core_pid)
agent_start
# Each byte that a process holds is written, 1 to 3 MB a second here: this makes 28 MB of a dump.
core-say grow process 80 14
core-say grow table 100 165 >/run/grown &
wait_for 120 step still-writing
list=$(nsomem incidents list)
claim list "$list" grep -q 'being written' <<<"$list"
claim on "$(adjustment), $(step still-writing)" shielded_on
kill -STOP "$core"
wait_for 80 verdict_is survived
claim given-up "$(adjustment), $(fact verdict word)" given_up
kill -CONT "$core"
wait_for 200 verdict_is complete
claim mended "$(fact verdict word), $(dump_bytes) bytes" mended
