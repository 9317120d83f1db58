#!/usr/bin/env bash
# Measures the memory of Cisco NSO and of its host from /proc, and says when a limit is reached.
#
#   plot.sh [-v|--verbose] [-m|--monitor] <duration>     seconds, or NaN = until SIGINT or SIGTERM
#
# Runs alone (`bash plot.sh -v -m NaN`) and under the nsomem agent, which reads its lines. Needs bash 4.4 or newer
# and nothing else: a host short of memory may not be able to start another process, so the loop starts none. Files
# are read with `read` and `mapfile`, the clock is EPOCHREALTIME (or /proc/uptime), the pause is a `read` that times
# out. Nothing read from /proc is ever evaluated: numbers are checked before arithmetic, names are only printed.
#
# A full tick (once a second) measures everything. Near a limit, fast ticks between them read only the memory totals.
# A function that yields a value leaves it in REPLY, as the `read` builtin does: `$(…)` would start a process.

set -uf # -f: no globbing, except where PIDs are listed

# ---------------------------------------------------------------------------------------------------------- settings

usage() {
  printf '%s\n' \
    'usage: plot.sh [-v|--verbose] [-m|--monitor] <duration>' \
    '  <duration>     seconds to measure, or NaN: until SIGINT or SIGTERM' \
    '  -m, --monitor  print a line for each limit that is reached; implies NaN' \
    '  -v, --verbose  print every measurement, and one line for each NSO process' \
    '  -h, --help     print this'
}

# Ends the tool with exit code $1 and the message $2.
fail() {
  printf 'plot.sh: %s\n' "${2//[[:cntrl:]]/?}" >&2
  exit "$1"
}

# Sets verbose, monitor and duration_us (empty: until a signal) from the command line.
parse_arguments() {
  verbose='' monitor='' duration_us=''
  local argument duration=''
  for argument; do
    case $argument in
      -v | --verbose) verbose=yes ;;
      -m | --monitor) monitor=yes ;;
      -h | --help) usage && exit 0 ;;
      -[0-9]*) fail 1 "the duration is $argument; it must be more than 0 seconds, or NaN" ;;
      -*) fail 1 "unknown option $argument; the options are -v, --verbose, -m, --monitor, -h, --help" ;;
      *)
        [[ -z $duration ]] || fail 1 "two durations, $duration and $argument; give one, or NaN"
        parse_duration "$argument"
        duration=$argument
        ;;
    esac
  done
  if [[ -n $monitor ]]; then
    [[ -z $duration_us ]] || printf 'plot.sh: -m measures until it is stopped: the duration %s is not used\n' "$duration" >&2
    duration_us=''
  elif [[ -z $duration ]]; then
    usage >&2
    exit 1
  fi
}

parse_duration() {
  case $1 in
    NaN | nan | NAN) return ;;
    '' | *[!0-9.]*) fail 1 "the duration is \"$1\"; it must be a number of seconds, or NaN" ;;
  esac
  [[ $1 =~ ^([0-9]{1,9})(\.([0-9]{1,3}))?$ ]] || fail 1 "the duration is \"$1\"; it must be 0.001 to 999999999 seconds, or NaN"
  local fraction=${BASH_REMATCH[3]}000
  duration_us=$((10#${BASH_REMATCH[1]} * 1000000 + 10#${fraction:0:3} * 1000))
  ((duration_us > 0)) || fail 1 "the duration is \"$1\"; it must be more than 0 seconds, or NaN"
}

# Puts the environment variable $1, or $2 where it is unset or empty, into REPLY. Ends the tool unless it matches the
# regular expression $3, which $4 says in words.
setting() {
  REPLY=${!1:-$2}
  [[ $REPLY =~ ^($3)$ ]] || fail 2 "$1 is \"$REPLY\"; it must be $4"
}

read_settings() {
  setting NSOMEM_PROC /proc '.+' 'a directory' && proc_dir=$REPLY
  [[ -d $proc_dir && -x $proc_dir ]] || fail 2 "NSOMEM_PROC is \"$proc_dir\", which is not a directory to read"
  setting NSOMEM_CGROUP /sys/fs/cgroup '.+' 'a directory' && cgroup_dir=$REPLY
  [[ $cgroup_dir == /* ]] || cgroup_dir=$PWD/$cgroup_dir
  setting NSOMEM_BASIS available 'available|free' 'available or free' && basis=$REPLY
  setting NSOMEM_WITHOUT_CORE '' 'stay|' 'stay, or unset' && without_core=$REPLY
  setting NSOMEM_DATA '' 'none|' 'none, or unset' && data_wanted=$REPLY
  setting NSOMEM_CORE_PID '' '[1-9][0-9]{0,9}|' 'a process ID' && pinned_pid=$REPLY
  setting NSOMEM_WAIT_FD '' '0|[1-9][0-9]{0,5}|' 'a descriptor number' && wait_fd=$REPLY
  local milliseconds='[1-9][0-9]{0,4}'
  setting NSOMEM_INTERVAL_MS_MAX 1000 "$milliseconds" '5 to 60000 milliseconds' && interval_ms_max=$REPLY
  setting NSOMEM_INTERVAL_MS_MIN 20 "$milliseconds" '5 to 60000 milliseconds' && interval_ms_min=$REPLY
  ((interval_ms_max >= 5 && interval_ms_max <= 60000)) || fail 2 "NSOMEM_INTERVAL_MS_MAX is $interval_ms_max; it must be 5 to 60000 milliseconds"
  ((interval_ms_min >= 5 && interval_ms_min <= interval_ms_max)) || fail 2 "NSOMEM_INTERVAL_MS_MIN is $interval_ms_min; it must be at least 5 and at most NSOMEM_INTERVAL_MS_MAX ($interval_ms_max)"
  read_limits physical PHYSICAL
  read_limits allocated ALLOCATED
}

# Where the levels of one memory kind begin, by "kind.level": in percent as configured, the same in basis points
# (hundredths of a percent, so that decimals compare as integers), and in KiB free, empty where not configured.
declare -A limit_percent=() limit_basis_points=() limit_free_kib=()

# The limits of memory kind $1, from the environment variables of the prefix NSOMEM_$2.
read_limits() {
  local kind=$1 prefix=NSOMEM_$2 level
  local percent='[0-9]{1,2}(\.[0-9]{1,2})?|100(\.00?)?'
  setting "${prefix}_WARNING_PERCENT" 90 "$percent" 'a percentage with two decimals at most'
  limit_percent[$kind.warning]=$REPLY
  setting "${prefix}_CRITICAL_PERCENT" 95 "$percent" 'a percentage with two decimals at most'
  limit_percent[$kind.critical]=$REPLY
  setting "${prefix}_WARNING_FREE_KIB" '' '[1-9][0-9]{0,13}|0|' 'a number of KiB'
  limit_free_kib[$kind.warning]=$REPLY
  setting "${prefix}_CRITICAL_FREE_KIB" '' '[1-9][0-9]{0,13}|0|' 'a number of KiB'
  limit_free_kib[$kind.critical]=$REPLY
  for level in warning critical; do
    to_basis_points "${limit_percent[$kind.$level]}"
    ((REPLY > 0)) || fail 2 "${prefix}_${level^^}_PERCENT is \"${limit_percent[$kind.$level]}\"; it must be more than 0"
    limit_basis_points[$kind.$level]=$REPLY
  done
  ((limit_basis_points[$kind.warning] < limit_basis_points[$kind.critical])) ||
    fail 2 "${prefix}_WARNING_PERCENT is ${limit_percent[$kind.warning]}; it must be below ${prefix}_CRITICAL_PERCENT (${limit_percent[$kind.critical]})"
}

# 92.5 → 9250 in REPLY.
to_basis_points() {
  local whole=${1%%.*} decimals=00
  [[ $1 != *.* ]] || decimals=${1#*.}0
  REPLY=$((10#$whole * 100 + 10#${decimals:0:2}))
}

# -------------------------------------------------------------------------------------------------- clock and waiting

# Sets now_us: a clock for deadlines. bash 5 has the time of day in EPOCHREALTIME; bash 4.4 (RHEL 8) takes the
# hundredths of a second since boot.
update_clock() {
  if [[ -n ${EPOCHREALTIME-} ]]; then
    now_us=${EPOCHREALTIME/[.,]/}
  else
    local uptime=0.00
    read -r uptime _ 2>&"$null" </proc/uptime
    now_us=$((10#${uptime/./} * 10000))
  fi
}

# Sets stamp: the time of day as 2026-11-23T13:09:51.120+01:00, and clock_time: its 13:09:51.
update_stamp() {
  local seconds milliseconds zone date_time
  if [[ -n ${EPOCHREALTIME-} ]]; then
    seconds=${EPOCHREALTIME%[.,]*} milliseconds=${EPOCHREALTIME#*[.,]}
    milliseconds=${milliseconds:0:3}
  else
    epoch_from_uptime
    seconds=$((REPLY / 1000))
    printf -v milliseconds '%03d' $((REPLY % 1000))
  fi
  printf -v zone '%(%z)T' "$seconds"
  printf -v date_time '%(%Y-%m-%dT%H:%M:%S)T' "$seconds"
  stamp=$date_time.$milliseconds${zone:0:3}:${zone:3:2}
  clock_time=${date_time#*T}
}

# Milliseconds since 1970 in REPLY, for bash 4.4: printf has whole seconds only. Their fraction is that of the uptime,
# plus an offset that is corrected whenever the sum would contradict the whole seconds.
epoch_from_uptime() {
  local seconds milliseconds
  update_clock
  printf -v seconds '%(%s)T' -1
  milliseconds=$((now_us / 1000 + epoch_offset_ms))
  ((milliseconds >= seconds * 1000)) || milliseconds=$((seconds * 1000))
  ((milliseconds < seconds * 1000 + 1000)) || milliseconds=$((seconds * 1000 + 999))
  epoch_offset_ms=$((milliseconds - now_us / 1000))
  REPLY=$milliseconds
}
epoch_offset_ms=0

# Sets wait_fd: what the pauses wait on. Under the agent it is a pipe that the agent holds open, whose end of file
# means that the agent is gone. Alone it is a pipe of our own, from which nothing ever comes.
open_wait_fd() {
  if [[ -n $wait_fd ]]; then
    { : <&"$wait_fd"; } 2>&"$null" || fail 2 "NSOMEM_WAIT_FD is $wait_fd, which is not an open descriptor"
    return
  fi
  local source
  # bash 5.1 keeps a small here-string in a pipe, older ones in a file: those need one short-lived process.
  exec {source}<<<''
  [[ -p /dev/fd/$source ]] || exec {source}< <(:)
  # Opened for reading and writing, a pipe never ends.
  exec {wait_fd}<>"/dev/fd/$source" {source}<&-
  read -r -t 1 -u "$wait_fd" _
}

# Waits until the clock is at $1 µs; fails when the wait descriptor has ended. Bytes that arrive are ignored.
wait_until() {
  local left_us timeout before_us _
  while left_us=$(($1 - now_us)) && ((left_us > 0)); do
    # A time of day that was set back must not make the pause longer than any pause is.
    ((left_us <= interval_ms_max * 1000)) || left_us=$((interval_ms_max * 1000))
    printf -v timeout '%d.%06d' $((left_us / 1000000)) $((left_us % 1000000))
    before_us=$now_us
    read -r -t "$timeout" -u "$wait_fd" _
    case $? in
      0) update_clock ;;                                         # bytes came
      1) return 1 ;;                                             # end of file
      *) update_clock && clock_step $((now_us - before_us - left_us)) || return 0 ;; # time is up
    esac
  done
  return 0
}

# Moves all deadlines when the time of day was set: $1 is by how many µs the pause was longer than asked for. Fails when
# it moved them, so that the pause ends.
clock_step() {
  (($1 < -1000 || $1 > 5000000)) || return 0
  full_due_us=$((full_due_us + $1)) tick_due_us=$((tick_due_us + $1))
  [[ -z $end_us ]] || end_us=$((end_us + $1))
  return 1
}

# -------------------------------------------------------------------------------------------------------- proc files

# Whether $1 is a decimal number that arithmetic may take: bash arithmetic evaluates what is not one.
is_number() {
  [[ $1 == [0-9]* && $1 != *[!0-9]* && ${#1} -le 15 ]] && [[ $1 == 0 || $1 != 0* ]]
}

# Puts the number behind the label $1 of the array `lines` into REPLY. A label stands on the same line of the file every
# time, so its line number is remembered.
declare -A line_of=()
field() {
  local index=${line_of[$1]-0} value
  if [[ ${lines[index]-} != "$1"* ]]; then
    for index in "${!lines[@]}"; do
      [[ ${lines[index]} != "$1"* ]] || break
    done
    [[ ${lines[index]-} == "$1"* ]] || return 1
    line_of[$1]=$index
  fi
  value=${lines[index]#"$1"}
  value=${value% kB}
  REPLY=${value##*[[:blank:]]}
  is_number "$REPLY"
}

# Sets mem_total, mem_used, committed and commit_limit in KiB from /proc/meminfo; see proc(5). Fails with the reason in
# meminfo_problem.
read_meminfo() {
  local lines=()
  mapfile -t lines 2>&"$null" <meminfo
  meminfo_problem="cannot read $proc_dir/meminfo"
  [[ ${#lines[@]} -gt 0 ]] || return 1
  meminfo_problem="$proc_dir/meminfo lacks MemTotal, MemFree, CommitLimit or Committed_AS"
  field MemTotal: && mem_total=$REPLY || return 1
  field CommitLimit: && commit_limit=$REPLY || return 1
  field Committed_AS: && committed=$REPLY || return 1
  # MemFree counts the page cache as used: a healthy host with a warm cache would be critical.
  if [[ $basis == available ]] && field MemAvailable:; then
    mem_used=$((mem_total - REPLY))
  else
    field MemFree: && mem_used=$((mem_total - REPLY)) || return 1
    [[ $basis == free ]] || without_mem_available
  fi
  ((mem_used >= 0)) || mem_used=0
  meminfo_problem=''
}

# Linux before 3.14 has no MemAvailable: what is free, buffered or cached comes nearest.
without_mem_available() {
  local label
  for label in Buffers: Cached:; do
    ! field "$label" || mem_used=$((mem_used - REPLY))
  done
  say_once no-available "$proc_dir/meminfo has no MemAvailable; physical memory counts MemFree + Buffers + Cached as free"
}

# Sets stat_state, stat_parent and stat_start (clock ticks since boot) from /proc/$1/stat. The command name before them
# may hold spaces, parentheses and newlines, so they are counted from the last parenthesis on.
read_stat() {
  local text='' fields
  IFS= read -r -N 2048 text 2>&"$null" <"$1/stat"
  # shellcheck disable=SC2206 # splitting into fields is meant, and globbing is off
  fields=(${text##*) })
  stat_state=${fields[0]-} stat_parent=${fields[1]-} stat_start=${fields[19]-}
  is_number "$stat_parent" && is_number "$stat_start"
}

# Sets rss_kib and allocated_kib of process $1. VmData + VmStk is what `pmap -d` calls writeable/private, to the kB,
# without walking the mappings.
read_status() {
  local lines=() data
  mapfile -t lines 2>&"$null" <"$1/status"
  field VmRSS: && rss_kib=$REPLY || return 1
  field VmData: && data=$REPLY || return 1
  field VmStk: && allocated_kib=$((data + REPLY))
}

# -------------------------------------------------------------------------------------------- which process is NSO's

# What is known of each process, by PID. Every process has a parent; NSO's have a class, and those that are measured
# also a role and a start time: a PID alone may be reused.
declare -A parent_of=()     # its parent, for every process seen
declare -A class_of=()      # core, javavm or pythonvm, by its command line
declare -A role_of=()       # core, javavm, pythonvm, or child (of a Python VM): those that are measured
declare -A start_of=()      # in clock ticks since boot
declare -A name_of=()       # as it is shown
declare -A conffile_of=()   # of a core
declare -A vm_of=()         # of a child: the PID of its Python VM
declare -A young_until=()   # the full tick until which its command line is read again each time
core_pid='' listed_last_pid='' full_ticks=0 rotation=() rotation_at=0

# A start script keeps its PID when it becomes ncs.smp, java or python3: "not NSO" is a verdict that expires. New
# processes are looked at again for this many full ticks, all others in turn.
readonly young_ticks=5

# Puts the token after the first $1 of argv, searched from index $2 on, into REPLY.
value_after() {
  local index
  for ((index = $2; index < ${#argv[@]}; index++)); do
    [[ ${argv[index]} != "$1" ]] || break
  done
  REPLY=${argv[index + 1]-}
  ((index + 1 < ${#argv[@]}))
}

# Which part of NSO argv is: sets class and name, or fails. Tokens are compared whole, so that a `vim` or `pgrep` whose
# arguments contain the words is not NSO, nor is ConfD, which runs on the same emulator.
classify() {
  local executable=${argv[0]-} index
  executable=${executable##*/}
  case $executable in
    ncs.smp | beam.smp | ncs | beam)
      value_after -boot 0 && [[ ${REPLY##*/} == ncs ]] && class=core name=$executable
      ;;
    java)
      for index in "${argv[@]}"; do
        [[ $index != com.tailf.ncs.NcsJVMLauncher ]] || { class=javavm name=NcsJVMLauncher && return 0; }
      done
      return 1
      ;;
    coverage | python*)
      [[ $executable == coverage || ${executable#python} != *[!0-9.]* ]] || return 1
      for ((index = 1; index < ${#argv[@]}; index++)); do
        [[ ${argv[index]} != */ncs_pyvm/startup.py ]] || break
      done
      value_after -i "$index" && [[ -n $REPLY ]] && class=pythonvm name=$REPLY
      ;;
    *) return 1 ;;
  esac
}

# Reads what process $1 is now: its parent, and its class by its command line. It may be gone already.
examine() {
  local pid=$1 argv=() class='' name=''
  if ! read_stat "$pid"; then
    forget "$pid"
    return
  fi
  parent_of[$pid]=$stat_parent
  # The first token rules out nearly every process, and costs one read of what may be a megabyte.
  mapfile -d '' -t -n 1 argv 2>&"$null" <"$pid/cmdline"
  case ${argv[0]-} in
    *ncs.smp | *beam.smp | *ncs | *beam | *java | *coverage | *python*)
      mapfile -d '' -t -n 8192 argv 2>&"$null" <"$pid/cmdline"
      classify && ! is_thread "$pid" || class=''
      ;;
  esac
  if [[ $class != "${class_of[$pid]-}" ]]; then
    unset "role_of[$pid]"
    class_of[$pid]=$class
    [[ $class != pythonvm ]] || new_vm=yes
  fi
  [[ -n $class ]] || return
  start_of[$pid]=$stat_start
  name=${name:0:200}
  name_of[$pid]=${name//[[:cntrl:]]/?}
  if [[ $class == core ]]; then
    value_after -conffile 0 || REPLY=unknown
    conffile_of[$pid]=${REPLY//[[:cntrl:]]/?}
  fi
}

# /proc answers for the ID of a thread too, although it does not list it.
is_thread() {
  local lines=()
  mapfile -t lines 2>&"$null" <"$1/status"
  field Tgid: && ((REPLY != $1))
}

forget() {
  unset "parent_of[$1]" "class_of[$1]" "role_of[$1]" "start_of[$1]" "name_of[$1]" "conffile_of[$1]" "vm_of[$1]" \
    "young_until[$1]"
}

# Gives process $1 its role. A copy that a process of NSO has just forked still carries its command line, so what has
# an ancestor of its own class is not another one; whatever a Python VM started is counted to it.
settle() {
  local pid=$1 class=${class_of[$1]-} above=${parent_of[$1]-0} depth top=''
  for ((depth = 0; depth < 64 && above > 1; depth++)); do
    case ${class_of[$above]-} in
      pythonvm) top=$above ;;
      "$class") [[ -z $class ]] || return ;;
    esac
    above=${parent_of[$above]-0}
  done
  if [[ -n $top ]]; then
    read_stat "$pid" || return
    role_of[$pid]=child start_of[$pid]=$stat_start vm_of[$pid]=$top
    [[ ${role_of[$top]-} == pythonvm ]] || return
    [[ -n ${had_children[$top]-} ]] || say "python VM \"${name_of[$top]}\" (pid $top) has child processes"
    had_children[$top]=${name_of[$top]}
  elif [[ -n $class && -z ${role_of[$pid]-} ]]; then
    role_of[$pid]=$class
    say "$class appeared: pid $pid, ${name_of[$pid]}${conffile_of[$pid]:+, conffile ${conffile_of[$pid]}}"
  fi
}
declare -A had_children=()

# Looks for processes that are new, or that have become NSO's.
discover() {
  local pid fresh=() count last_pid='' new_vm=''
  # The last PID given out tells whether anything has started since: listing 2,000 processes costs milliseconds. Now and
  # then they are listed all the same.
  read -r _ _ _ _ last_pid 2>&"$null" <loadavg
  if [[ -z $last_pid || $last_pid != "$listed_last_pid" || $((full_ticks % 10)) -eq 0 ]]; then
    listed_last_pid=$last_pid
    list_new
  fi
  for pid in "${!young_until[@]}"; do
    fresh+=("$pid")
    ((full_ticks < young_until[$pid])) || unset "young_until[$pid]"
  done
  [[ -z $pinned_pid || -n ${role_of[$pinned_pid]-} ]] || fresh+=("$pinned_pid")
  count=$((8 + ${#parent_of[@]} / 32))
  fresh+=("${rotation[@]:rotation_at:count}")
  rotation_at=$((rotation_at + count))
  if ((rotation_at >= ${#rotation[@]})); then
    rotation=("${!parent_of[@]}") rotation_at=0
  fi
  for pid in "${fresh[@]}"; do
    examine "$pid"
  done
  [[ -z $new_vm ]] || fresh=("${!parent_of[@]}")
  for pid in "${fresh[@]}"; do
    [[ -z ${parent_of[$pid]-} || -n ${role_of[$pid]-} ]] || settle "$pid"
  done
}

# Adds the processes in /proc that are not known yet to `fresh`.
list_new() {
  local pid pids
  set +f
  pids=([0-9]*)
  set -f
  for pid in "${pids[@]}"; do
    [[ -z ${parent_of[$pid]-} && $pid != *[!0-9]* ]] || continue
    fresh+=("$pid")
    ((full_ticks == 0)) || young_until[$pid]=$((full_ticks + young_ticks))
  done
}

# Drops measured processes that are gone or are zombies, or whose PID belongs to another process by now.
verify() {
  local pid
  for pid in "${!role_of[@]}"; do
    if read_stat "$pid"; then
      [[ $stat_state != [ZXx] && $stat_start == "${start_of[$pid]}" && $stat_parent == "${parent_of[$pid]}" ]] && continue
      # Handed to another parent, as the core of a start script that ended is, it is the same process still.
      if [[ $stat_state != [ZXx] && $stat_start == "${start_of[$pid]}" ]]; then
        parent_of[$pid]=$stat_parent
        [[ ${role_of[$pid]} == child ]] || continue
        unset "role_of[$pid]" "vm_of[$pid]"
        settle "$pid"
        continue
      fi
    elif [[ -e $pid/stat ]]; then
      continue # there, but not to be read now
    fi
    [[ ${role_of[$pid]} == child ]] || say "${role_of[$pid]} gone: pid $pid, ${name_of[$pid]}"
    forget "$pid"
    [[ $pid != "$core_pid" ]] || core_pid=''
    young_until[$pid]=$((full_ticks + young_ticks))
  done
}

# Chooses the core to measure: the pinned one, or the only one. Sets core_pid, empty when there is none, and cores.
choose_core() {
  local pid
  cores=()
  for pid in "${!role_of[@]}"; do
    [[ ${role_of[$pid]} != core ]] || cores+=("$pid")
  done
  if [[ -n $pinned_pid ]]; then
    [[ ${role_of[$pinned_pid]-} != core ]] || core_pid=$pinned_pid
  elif [[ -z $core_pid && ${#cores[@]} -eq 1 ]]; then
    core_pid=${cores[0]}
  elif [[ ${#cores[@]} -gt 1 ]]; then
    describe_cores
    say_once "cores ${cores[*]}" "several NSO cores: $REPLY; ${core_pid:+measuring pid $core_pid, }set NSOMEM_CORE_PID to choose one"
  fi
}

# "pid 8571 (/etc/ncs/ncs.conf), pid …" in REPLY.
describe_cores() {
  local pid text=''
  for pid in "${cores[@]}"; do
    text+=", pid $pid (${conffile_of[$pid]})"
  done
  REPLY=${text#, }
}

# Whether process $1 descends from a core that is not measured: several NSO on one host is normal in a laboratory.
is_foreign() {
  ((${#cores[@]} > 1)) || [[ -n $pinned_pid && ${#cores[@]} -eq 1 && ${cores[0]} != "$pinned_pid" ]] || return 1
  local above=$1 depth
  for ((depth = 0; depth < 64 && above > 1; depth++)); do
    [[ $above != "$core_pid" ]] || return 1
    [[ ${role_of[$above]-} != core ]] || return 0
    above=${parent_of[$above]-0}
  done
  return 1
}

# ----------------------------------------------------------------------------------------------------------- ceilings

# The cgroups above the core that limit its memory, innermost first: where the host has plenty, they bind.
ceiling_dirs=() ceiling_versions=() ceiling_names=() ceiling_limits=()

# Finds them anew, with their limits in KiB. A limit of the host's size or more does not bind.
refresh_ceilings() {
  ceiling_dirs=() ceiling_versions=() ceiling_names=() ceiling_limits=()
  [[ -n $core_pid ]] || return
  local entries=() entry path root=$cgroup_dir
  mapfile -t entries 2>&"$null" <"$core_pid/cgroup"
  # A host with both versions has the second one aside.
  [[ ! -d $cgroup_dir/unified ]] || root=$cgroup_dir/unified
  for entry in "${entries[@]}"; do # 4:memory:/system.slice/ncs.service, or 0::/system.slice/ncs.service
    path=${entry#*:} && path=${path#*:}
    entry=,${entry#*:} && entry=${entry%%:*},
    case $entry in
      ,,) add_ceilings 2 "$root" "$path" ;;
      *,memory,*) add_ceilings 1 "$cgroup_dir/memory" "$path" ;;
    esac
  done
}

# Adds each ancestor of the path $3 below $2 that has a limit. A path into the parents of our own cgroup namespace
# (/../..) is cut to what can be seen.
add_ceilings() {
  local version=$1 root=$2 path=$3 file=memory.max limit
  ((version == 2)) || file=memory.limit_in_bytes
  while [[ $path == /.. || $path == /../* ]]; do path=${path#/..}; done
  [[ -n $path ]] || path=/
  while :; do
    limit=''
    read -r limit 2>&"$null" <"$root${path%/}/$file"
    # "max", and 9223372036854771712 of version 1, are no limits.
    if [[ $limit =~ ^[1-9][0-9]{3,17}$ ]] && ((limit / 1024 < mem_total)); then
      ceiling_dirs+=("$root${path%/}") ceiling_versions+=("$version") ceiling_limits+=($((limit / 1024)))
      ceiling_names+=("cgroup:${path//[[:cntrl:]]/?}")
    fi
    [[ $path != / ]] || return 0
    path=${path%/*}
    [[ -n $path ]] || path=/
  done
}

# What ceiling number $1 uses in KiB into REPLY: without the page cache that can be dropped at once.
read_ceiling() {
  local lines=() dir=${ceiling_dirs[$1]} current='' inactive=0
  if ((ceiling_versions[$1] == 2)); then
    read -r current 2>&"$null" <"$dir/memory.current"
    mapfile -t lines 2>&"$null" <"$dir/memory.stat"
    ! field 'inactive_file ' || inactive=$REPLY
  else
    read -r current 2>&"$null" <"$dir/memory.usage_in_bytes"
    mapfile -t lines 2>&"$null" <"$dir/memory.stat"
    ! field 'total_inactive_file ' || inactive=$REPLY
  fi
  is_number "$current" || return 1
  ((current > inactive)) || inactive=$current
  REPLY=$(((current - inactive) / 1024))
}

# ------------------------------------------------------------------------------------------------------------- levels

# 6,000 MiB/s: the fastest that memory was seen to fill, by earlyoom's authors with `stress`.
readonly fill_rate_kib_per_s=6144000

# Whether $2 KiB used of $3 KiB reach the limit $1 ("physical.warning"). A limit begins exactly at its percentage; where
# an amount of free memory is configured too, less than that must be free.
reached() {
  (($3 > 0 && $2 * 10000 >= $3 * limit_basis_points[$1])) || return 1
  [[ -z ${limit_free_kib[$1]} ]] || (($3 - $2 < limit_free_kib[$1]))
}

# The level of $2 KiB used of $3 KiB for memory kind $1 into severity: 0 normal, 1 warning, 2 critical. Shortens
# wait_ms to the time that memory needs at least to reach the next level.
assess() {
  severity=2
  ! reached "$1.critical" "$2" "$3" || return 0
  severity=1
  if reached "$1.warning" "$2" "$3"; then
    shorten_wait "$1.critical" "$2" "$3"
  else
    severity=0
    shorten_wait "$1.warning" "$2" "$3"
  fi
}

shorten_wait() {
  (($3 > 0)) || return 0
  local at_kib=$((($3 * limit_basis_points[$1] + 9999) / 10000)) free=${limit_free_kib[$1]} ms
  [[ -z $free ]] || ((at_kib >= $3 - free + 1)) || at_kib=$(($3 - free + 1))
  ms=$(((at_kib - $2) * 1000 / fill_rate_kib_per_s))
  ((ms >= interval_ms_min)) || ms=$interval_ms_min
  ((ms >= wait_ms)) || wait_ms=$ms
}

# Judges the physical memory: of the host and of the cgroups above the core, whichever is worst; among equals, the one
# with the least headroom. Sets severity, and used, limit and ceiling to be printed.
judge_physical() {
  local index worst headroom
  used=$mem_used limit=$mem_total ceiling=MemTotal
  assess physical "$used" "$limit"
  worst=$severity headroom=$((limit - used))
  for index in "${!ceiling_dirs[@]}"; do
    read_ceiling "$index" || continue
    assess physical "$REPLY" "${ceiling_limits[index]}"
    ((severity > worst || (severity == worst && ceiling_limits[index] - REPLY < headroom))) || continue
    worst=$severity headroom=$((ceiling_limits[index] - REPLY))
    used=$REPLY limit=${ceiling_limits[index]} ceiling=${ceiling_names[index]}
  done
  severity=$worst
}

# --------------------------------------------------------------------------------------------------------- log lines

# The severity last printed, by memory kind.
declare -A last_severity=([physical]=-1 [allocated]=-1)

# Prints the verdict on memory kind $1, named $2 in the line: at a full tick, and whenever it has changed. Normal ones are
# printed only with -v.
print_verdict() {
  [[ $tick == full || $severity != "${last_severity[$1]}" ]] || return 0
  last_severity[$1]=$severity
  local percent=0
  ((limit == 0)) || percent=$((100 * used / limit))
  case $severity in
    0) [[ -n $verbose ]] || return 0
      update_stamp
      printf '%s [MONITOR VERBOSE] [INFO] %s %d KB/%d KB(%d%%) is within %s%% of %s\n' \
        "$stamp" "$2" "$used" "$limit" "$percent" "${limit_percent[$1.warning]}" "$ceiling" ;;
    1) update_stamp
      printf '%s [MONITOR] [WARNING] %s %d KB/%d KB(%d%%) exceeded %s%% of %s\n' \
        "$stamp" "$2" "$used" "$limit" "$percent" "${limit_percent[$1.warning]}" "$ceiling" ;;
    2) update_stamp
      printf '%s [MONITOR] [CRIT] %s %d KB/%d KB(%d%%) exceeded %s%% of %s\n' \
        "$stamp" "$2" "$used" "$limit" "$percent" "${limit_percent[$1.critical]}" "$ceiling" ;;
  esac
}

# News for the log: a process that appeared or is gone, a file that cannot be read.
say() {
  update_stamp
  printf '%s [TOOL] %s\n' "$stamp" "${1//[[:cntrl:]]/?}"
}

# Says $2 the first time that something called $1 happens.
declare -A said=()
say_once() {
  [[ -z ${said[$1]-} ]] || return 0
  said[$1]=yes
  say "$2"
}

# ------------------------------------------------------------------------------------------------------------- ticks

# Reads the memory totals and prints what they mean, before anything else is done. Sets wait_ms: how long the next tick
# may take to come. Fails when there is nothing to be read.
measure_memory() {
  local used limit ceiling severity
  wait_ms=$interval_ms_max
  if ! read_meminfo; then
    say_once "$meminfo_problem" "$meminfo_problem"
    return 1
  fi
  ((committed <= committed_max)) || committed_max=$committed
  [[ -n $monitor ]] || return 0
  used=$committed limit=$commit_limit ceiling=CommitLimit
  assess allocated "$used" "$limit"
  print_verdict allocated Committed_AS
  judge_physical
  print_verdict physical 'Physical Memory Usage'
}
committed_max=0

full_tick() {
  local tick=full had_core=$core_pid
  measure_memory
  full_ticks=$((full_ticks + 1))
  verify
  discover
  choose_core
  if [[ -n $had_core && -z $core_pid && $without_core != stay ]]; then
    say 'NSO is down: measuring ends'
    finish
  fi
  measure_processes
  refresh_ceilings
}

fast_tick() {
  local tick=fast
  measure_memory
}

# Measures every NSO process: one [SAMPLE] line each with -v, and one line of its data file.
measure_processes() {
  local pid group
  local -A children_text=() children_rss=() children_allocated=()
  row_rss=() row_allocated=() row_pids=()
  measure_children
  for group in core javavm pythonvm; do
    for pid in "${!role_of[@]}"; do
      [[ ${role_of[$pid]} == "$group" ]] || continue
      [[ $group != core || $pid == "$core_pid" ]] || continue
      ! is_foreign "$pid" || continue
      measure_process "$pid" "$group"
    done
  done
  [[ $data_wanted == none ]] || write_data
}

# Adds up the children of each Python VM, by its PID.
measure_children() {
  local pid vm text
  for pid in "${!vm_of[@]}"; do
    read_status "$pid" || continue
    vm=${vm_of[$pid]}
    children_rss[$vm]=$((${children_rss[$vm]-0} + rss_kib))
    children_allocated[$vm]=$((${children_allocated[$vm]-0} + allocated_kib))
    # The line must stay under 4096 characters: with very many children the sums tell the rest.
    text=${children_text[$vm]-}
    ((${#text} > 3500)) || children_text[$vm]=$text,$pid:$rss_kib:$allocated_kib
  done
}

measure_process() {
  local pid=$1 group=$2 children
  if ! read_status "$pid"; then
    say_once "status $pid" "cannot read $proc_dir/$pid/status of ${name_of[$pid]}: it is not measured"
    return
  fi
  children=${children_text[$pid]-}
  rss_kib=$((rss_kib + ${children_rss[$pid]-0}))
  allocated_kib=$((allocated_kib + ${children_allocated[$pid]-0}))
  add_row "$group" "$pid"
  [[ -n $verbose ]] || return 0
  update_stamp
  printf '%s [SAMPLE] group=%s pid=%d rss_kib=%d allocated_kib=%d children=%s name=%s\n' \
    "$stamp" "$group" "$pid" "$rss_kib" "$allocated_kib" "${children#,}" "${name_of[$pid]}"
}

# --------------------------------------------------------------------------------------------------------- data files

# One row a tick and file: HH:MM:SS RSS ALLOCATED Committed_AS CommitLimit MemUsed MemTotal [PID], all in KiB, for
# gnuplot scripts of the inherited form. Two processes of one name share a row.
data_files=() row_rss=() row_allocated=() row_pids=()

# Keeps an earlier run's data: it is moved aside.
open_data() {
  data_dir=$start_dir/data
  if [[ -e $data_dir ]]; then
    local time
    printf -v time '%(%Y%m%dT%H%M%S)T' -1
    mv -n -T -- "$data_dir" "$data_dir.$time" || fail 1 "cannot move $data_dir aside to $data_dir.$time"
  fi
  mkdir -p -- "$data_dir/ncs.smp" "$data_dir/NcsJVMLauncher" "$data_dir/python3" || fail 1 "cannot make $data_dir"
  data_files=("$data_dir/ncs.smp/mem_ncs.smp.log" "$data_dir/NcsJVMLauncher/mem_NcsJVMLauncher.log" "$data_dir/python3/mem_total.log")
}

# The process just measured goes into the row of its file.
add_row() {
  [[ $data_wanted != none ]] || return 0
  case $1 in
    core) add_to_row "${data_files[0]}" "$2" ;;
    javavm) add_to_row "${data_files[1]}" "$2" ;;
    pythonvm)
      local name=${name_of[$2]//\//_}
      [[ $name != total ]] || name=total_ # mem_total.log is the sum
      add_to_row "$data_dir/python3/mem_$name.log" "$2"
      add_to_row "${data_files[2]}" ''
      ;;
  esac
}

add_to_row() {
  local index
  for index in "${!data_files[@]}"; do
    [[ ${data_files[index]} != "$1" ]] || break
  done
  if [[ ${data_files[index]} != "$1" ]]; then
    index=${#data_files[@]}
    data_files+=("$1")
  fi
  row_rss[index]=$((${row_rss[index]-0} + rss_kib))
  row_allocated[index]=$((${row_allocated[index]-0} + allocated_kib))
  row_pids[index]=${row_pids[index]-$2}
}

# Appends this tick to every data file; a process that is absent has 0 0.
write_data() {
  local index
  update_stamp
  for index in "${!data_files[@]}"; do
    printf '%s %d %d %d %d %d %d%s\n' "$clock_time" "${row_rss[index]-0}" "${row_allocated[index]-0}" "$committed" \
      "$commit_limit" "$mem_used" "$mem_total" "${row_pids[index]:+ ${row_pids[index]}}" >>"${data_files[index]}"
  done 2>&"$null" || say_once data "cannot write to $data_dir"
}

# ---------------------------------------------------------------------------------------------------------- the whole

# Ends the run: alone, with a summary. From here on processes may be started.
finish() {
  trap - INT TERM HUP
  cd -- "$start_dir" || exit 1
  [[ $data_wanted == none ]] || summarise
  exit 0
}

summarise() {
  local vm nsomem=${NSOMEM_BINARY:-nsomem}
  printf '\nRecommended CommitLimit: %d KB, the maximum of Committed_AS; add some buffer.\n' "$committed_max"
  printf '  vm.overcommit_ratio = 100 (CommitLimit - swap) / (RAM - huge pages)\n'
  for vm in "${!had_children[@]}"; do
    printf 'Python VM "%s" had child processes: change its callpoint-model from multiprocessing to threading.\n' \
      "${had_children[$vm]}"
  done
  printf 'The data is in %s\n' "$data_dir"
  if command -v -- "$nsomem" >/dev/null; then
    "$nsomem" graph --data ./data --out ./graphs
  else
    printf 'Graphs and statistics: nsomem graph --data ./data --out ./graphs\n'
  fi
}

# Ends the tool when there is no NSO to measure, or more than one.
require_core() {
  [[ -z $core_pid && $without_core != stay ]] || return 0
  if [[ -n $pinned_pid ]]; then
    fail 4 "NSOMEM_CORE_PID is $pinned_pid, which is not a running NSO core: looked for ncs.smp, beam.smp, ncs or beam with \"-boot ncs\""
  elif ((${#cores[@]} > 1)); then
    describe_cores
    fail 4 "several NSO cores: $REPLY; set NSOMEM_CORE_PID to choose one"
  fi
  fail 4 "no NSO core in $proc_dir: looked for ncs.smp, beam.smp, ncs or beam with \"-boot ncs\""
}

main_loop() {
  update_clock
  full_due_us=$now_us end_us=${duration_us:+$((now_us + duration_us))}
  while [[ -z $end_us ]] || ((now_us < end_us)); do
    if ((now_us >= full_due_us)); then
      tick_due_us=$full_due_us
      full_tick
      full_due_us=$((full_due_us + interval_ms_max * 1000))
    else
      fast_tick
    fi
    tick_due_us=$((tick_due_us + wait_ms * 1000))
    update_clock
    settle_deadlines
    wait_until "$tick_due_us" || exit 0
  done
}

# Leaves out full ticks that were missed, and keeps deadlines near when the time of day was set back meanwhile.
settle_deadlines() {
  local interval_us=$((interval_ms_max * 1000))
  ((full_due_us > now_us)) || full_due_us=$((full_due_us + ((now_us - full_due_us) / interval_us + 1) * interval_us))
  ((full_due_us <= now_us + interval_us)) || full_due_us=$((now_us + interval_us))
  # However late, it waits a little: only a wait sees the end of file.
  ((tick_due_us > now_us + 1000)) || tick_due_us=$((now_us + 1000))
  ((tick_due_us < full_due_us)) || tick_due_us=$full_due_us
}

main() {
  LC_ALL=C # bytes, not characters: faster, and the same everywhere
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || fail 1 "bash $BASH_VERSION is too old; 4.4 is needed"
  parse_arguments "$@"
  read_settings
  exec {null}<>/dev/null
  open_wait_fd
  start_dir=$PWD
  cd -- "$proc_dir" || exit 1
  proc_dir=$PWD
  read_meminfo || fail 1 "$meminfo_problem"
  discover
  choose_core
  require_core
  [[ $data_wanted == none ]] || open_data
  refresh_ceilings
  trap finish INT TERM HUP
  main_loop
  finish
}

main "$@"
