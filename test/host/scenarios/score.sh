# shellcheck shell=bash
# title: oom_score_adj really lowered (CAP_SYS_RESOURCE), and restored
# guest: shared
# seconds: 300
# claim lowered: the core's is -999 while its dump is awaited
# claim survives: it is put back when NSO lives on after the time-out
# claim killed: it is put back by the next agent where one was killed by SIGKILL meanwhile

agent_config <<'END'
[physical]
warning_percent = 70
critical_percent = 80
recovery_time = "1s"

[actions]
warning_phy = []

[crash_dump]
timeout = "5s"
cooldown = "1s"
END
is() { [[ $(<"/proc/$core/oom_score_adj") == "$1" ]]; }
adjustment() { cat "/proc/$core/oom_score_adj"; }
survived() { is 7 && verdict_is survived; }
# A core that does not hear SIGUSR1 lives on, and grows beyond critical.
deaf_core() {
  nso_start MemoryMax=400M OOMScoreAdjust=7
  core=$(core_pid)
  core-say deaf
}

deaf_core
agent_start
core-say grow table 100 310
wait_for 60 is -999
claim lowered "$(adjustment), $(step shielded)" is -999
wait_for 120 step verdict
claim survives "$(adjustment), verdict $(fact verdict word)" survived
nso_stop
wait_for 60 is_normal

deaf_core
wait_for 60 follows "$core"
core-say grow table 100 310
wait_for 60 is -999
# On a disk that is slower than 15 ms the score is lowered before the record has it.
is_recorded() { [[ $(step signal-intended) == *"\"pid\":$core,"* ]]; }
wait_for 20 is_recorded
kill -9 "$(agent_pid)"
left=$(adjustment)
# For the agent that comes memory is critical, too: it has an incident of its own.
record=$(incident)incident.jsonl
agent_start
resumed_and_survived() { has "$record" '"step":"resumed"' '"word":"survived"'; }
wait_for 120 resumed_and_survived
wait_for 10 is 7
put_back() { [[ $left == -999 ]] && resumed_and_survived && is 7; }
claim killed "$left after SIGKILL, then $(adjustment); $(tail -n 1 "$record")" put_back
