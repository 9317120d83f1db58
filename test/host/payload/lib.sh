#!/usr/bin/env bash
# Functions that take arguments are also called without:
# shellcheck disable=SC2119,SC2120
# The words of the scenarios. Sourced by run; file descriptor 3 is the serial port that the test reads.

dumped=/var/opt/ncs/ncs_crash.dump
# nsomem's own; agent_start_as sets them for another user.
state=/var/lib/nsomem
logs=/var/log/nsomem
status=/run/nsomem/status.json

# claim ID DETAIL COMMAND…: the claim ID holds when COMMAND succeeds; DETAIL is what was seen.
claim() {
  local id=$1 detail=$2 word=holds
  shift 2
  "$@" || word=fails
  [[ $word == holds ]] || : >/run/lab-failed
  detail=${detail//$'\n'/ | }
  echo "claim $id $word ${detail:0:500}" | tee /dev/stderr >&3
}

# note TEXT: a figure for the report.
note() { echo "note ${*//$'\n'/ | }" | tee /dev/stderr >&3; }

# wait_for SECONDS COMMAND…: until COMMAND succeeds. Fails, and says so on the console, after SECONDS. Asks ten times a
# second, and less often where the asking takes long: a program costs 12 ms here, systemctl 60.
wait_for() {
  local end=$((SECONDS + $1)) asked took
  shift
  until asked=${EPOCHREALTIME/./} && "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || { echo "waited in vain for: $*" && return 1; }
    took=$(((${EPOCHREALTIME/./} - asked) / 1000))
    pause_ms $((took > 25 ? took * 4 : 100))
  done
}
# sleep, without a program: nobody writes into that pipe.
pause() { read -rt "$1" -u "$never" || true; }
pause_ms() {
  local seconds
  printf -v seconds %d.%03d $(($1 / 1000)) $(($1 % 1000))
  pause "$seconds"
}
mkfifo /run/lab-never 2>/dev/null
exec {never}<>/run/lab-never

# has FILE PATTERN…: the file's text matches each of them (bash's regular expressions).
has() {
  local text='' file=$1 pattern
  shift
  IFS= read -rd '' text <"$file"
  for pattern; do [[ $text =~ $pattern ]] || return 1; done
}

not() { ! "$@"; }

# Time since boot in ms.
uptime_ms() {
  local up
  read -r up _ </proc/uptime
  echo "${up/./}0"
}

# --- NSO

# nso_start [PROPERTY=VALUE…]: ncs.service with these properties, such as MemoryMax=400M; returns when its core answers.
# nso_environment NAME=VALUE… before it: HOST_JVM=128 and HOST_PYTHONS=2 for the VMs.
nso_environment() { printf '%s\n' "$@" >/run/ncs.env; }
nso_start() {
  local drop=/run/systemd/system/ncs.service.d/lab.conf before='' after
  printf -v after '%s\n' '[Service]' "$@"
  if [[ -e $drop ]]; then before=$(<$drop)$'\n'; elif (($# == 0)); then before=$after; fi
  if [[ $before != "$after" ]]; then
    mkdir -p "${drop%/*}"
    printf %s "$after" >"$drop"
    systemctl daemon-reload
  fi
  systemctl start ncs
  wait_for 90 core-say ping
}
# core-say WORDS…: one command to the stand-in core; prints its answer, or "gone" and fails when it ended.
core-say() {
  local answer=
  { echo "$*" >&9 && IFS= read -r answer <&9; } 9<>/dev/tcp/127.0.0.1/4570
  echo "${answer:-gone}"
  [[ $answer ]]
} 2>/dev/null
nso_stop() { systemctl stop ncs; systemctl reset-failed ncs 2>/dev/null; rm -f "$dumped"*; }

core_pid() { systemctl show -p MainPID --value ncs; }
core_cgroup() { echo "/sys/fs/cgroup$(systemctl show -p ControlGroup --value ncs)"; }

# --- nsomem

# agent_config <<'END': /etc/nsomem/nsomem.toml.
agent_config() { mkdir -p /etc/nsomem && cat >/etc/nsomem/nsomem.toml; }

# agent_start [OPTION…]: nsomem as a service of root's; returns when it follows the core and has measured.
agent_start() {
  agent_unit -p OOMScoreAdjust=-900 /usr/local/bin/nsomem start --wait "$@"
}
# agent_start_as USER [OPTION…]: the same as a user with no rights of his own.
agent_start_as() {
  local user=$1
  shift
  state=$(getent passwd "$user" | cut -d: -f6)/.local/state/nsomem
  logs=$state/logs status=$state/status.json
  agent_unit --uid="$user" /usr/local/bin/nsomem start --wait "$@"
}
# The status of the agent before this one would say that it follows.
agent_unit() {
  rm -f "$status"
  systemd-run --quiet --collect --unit=nsomem "$@"
  wait_for 90 follows "$(core_pid)"
}
agent_pid() { systemctl show -p MainPID --value nsomem; }
agent_stop() { systemctl stop nsomem; }
# Physical memory is normal again: the next core that grows begins an incident of its own. Sooner with
# [physical] recovery_time = "1s".
is_normal() { has "$status" '"physical": \{[^}]*"level": "normal"'; }
follows() { has "$status" "\"pid\": ?$1[^0-9]" '"percent": ?[0-9]'; }

# What status says: a percentage with its fraction, the ceiling's name, the groups of processes.
percent() { first_of '"percent": ?([0-9.]+)'; }
groups_seen() { grep -oE '"group": ?"[a-z]+"' "$status" | cut -d'"' -f4 | sort -u | tr '\n' ' '; }
ceiling() { first_of '"ceiling": ?"([^"]*)"'; }
first_of() { has "$status" "$1" && echo "${BASH_REMATCH[1]}"; }

# The newest incident's directory, and the last line of its record that is the step $1.
incident() {
  local all=("$state"/incidents/*/)
  echo "${all[-1]}"
}
step() {
  local all=("$state"/incidents/*/) lines=() at
  mapfile -t lines <"${all[-1]}incident.jsonl"
  for ((at = ${#lines[@]} - 1; at >= 0; at--)); do
    [[ ${lines[at]} == *"\"step\":\"$1\""* ]] && echo "${lines[at]}" && return
  done
  return 1
}
verdict_is() { [[ $(fact verdict word) == "$1" ]]; }
# fact STEP KEY: one fact of it, without quotes.
fact() {
  local line value="\"$2\":(\"[^\"]*\"|[^,}]*)"
  line=$(step "$1") && [[ $line =~ $value ]] && echo "${BASH_REMATCH[1]//\"/}"
}
actions() { cat "$logs/action.log"; }

# --- the host

# A field of /proc/meminfo in KiB.
meminfo() {
  local name kib _
  while read -r name kib _; do [[ $name != "$1:" ]] || { echo "$kib" && return; }; done </proc/meminfo
}

# grow_beside NAME RATE MIB [OPTION…]: a process that is not NSO's grows, as a unit with these options of systemd-run.
grow_beside() {
  local unit=$1 rate=$2 mib=$3
  shift 3
  systemd-run --quiet --collect --unit="$unit" "$@" python3 -c "
import time
held = []
start = time.monotonic()
for n in range($mib):
    held.append(bytearray(b'\x5a') * (1 << 20))
    time.sleep(max(0, start + n / $rate - time.monotonic()))
time.sleep(1000)"
}

# --- what became of it

dump_bytes() { stat -c %s "$dumped" 2>/dev/null || echo no; }
dump_whole() { [[ $(tail -c 5 "$dumped" 2>/dev/null) == '=end' ]]; }
dump_there() { compgen -G "$dumped*" >/dev/null; }
# The kernel's OOM killer took that process.
oom_killed() { dmesg | grep -q "Killed process $1 "; }
oom_kills() { dmesg | grep -oE 'Killed process [0-9]+ \([^)]*\)' | tr '\n' ' '; }
no_oom_kill() { [[ -z $(oom_kills) ]]; }
# What the controls show: the kernel took it, and nothing tells why it was so large.
killed_without_dump() { oom_killed "$1" && ! dump_there; }
ended() { ! [[ -e /proc/$1 ]]; }

# another_verdict BEFORE: there is an incident beside that one, and its verdict is known.
another_verdict() { [[ $(incident) != "$1" ]] && step verdict; }

# dump_has BYTES: the core's dump is larger than that.
dump_has() { (($(stat -c %s "$dumped") > $1)); }

# hog SCORE: another process of NSO's unit takes memory, which the OOM killer takes first at 1000, and never at -1000. At
# once all but 16 MiB of what is left, then 1 MiB each 5 ms: the kernel is not asked again before one it took is gone.
hog() {
  bash -c 'echo $$ >"$0/cgroup.procs"; echo "$1" >/proc/self/oom_score_adj
    left=$((($(<"$0/memory.max") - $(<"$0/memory.current")) >> 20))
    exec python3 -c "import time
held = [bytearray(b\"Z\") * (max(1, $left - 16) << 20)]
while len(held) < 600:
    held.append(bytearray(b\"Z\") * (1 << 20))
    time.sleep(0.005)"' "$(core_cgroup)" "$1" &
}

# Why systemd says that NSO's unit ended.
unit_result() { systemctl show -p Result --value ncs; }

# host_to_the_end RATE: the core takes the host's last 250 MiB at that many MiB/s, what is before as fast as it goes. Says of
# the claims dump and first.
host_to_the_end() {
  local agent
  nso_start
  agent_start
  agent=$(agent_pid)
  grow_to_the_end "$1"
  wait_for 120 step verdict
  claim dump "$(fact verdict word), $(dump_bytes) bytes, $(fact verdict tookMs) ms after the signal" dump_whole
  claim first "killed: $(oom_kills)" spared "$agent"
}

# The same without nsomem. Says of the claim control.
host_to_the_end_alone() {
  local core
  nso_start
  core=$(core_pid)
  grow_to_the_end "$1"
  wait_for 120 ended "$core"
  claim control "$(oom_kills) dumps: $(ls /var/opt/ncs)" killed_without_dump "$core"
  nso_stop
  dmesg --clear
}

grow_to_the_end() { core-say grow table 1000 1020 && core-say grow table "$1" 1000; }
spared() { no_oom_kill && ! ended "$1"; }
