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
# A function that yields a value leaves it in REPLY, as the `read` builtin does: `$(…)` would start a process. Loops have
# neither `continue` nor `break`: right after one of them bash loses a signal (facts 4.17).

set -uf # -f: no globbing, except where PIDs are listed

# ------------------------------------------------------------------------------------------------ text from elsewhere

# Puts $1 into REPLY as it may be shown, cut to $2 characters: what a terminal would obey and what a reader would not see
# becomes text such as \x1b and \u202e, and what is not UTF-8 becomes U+FFFD. The agent's shown() is the same in
# TypeScript; one test holds both together.
visible() {
  REPLY=$1
  [[ $1 == *[!\ -~]* || ${#1} -gt $2 ]] || return 0
  local left=${1:0:4*$2+4} whole='' kept='' length=0 code size piece
  while [[ -n $left ]] && ((length <= $2)); do
    decode "$left"
    piece=${left:0:size} left=${left:size}
    if ((code < 0)); then
      piece=$'\xef\xbf\xbd' size=1
    elif is_hidden "$code"; then
      escape "$code"
      piece=$REPLY size=${#REPLY}
    else
      size=1
    fi
    whole+=$piece length=$((length + size))
    ((length >= $2)) || kept=$whole
  done
  REPLY=$whole
  ((length <= $2)) || REPLY=$kept$'\xe2\x80\xa6'
}

# Sets code and size (in bytes) of the UTF-8 character that $1 begins with; code is -1 where it is none.
decode() {
  local byte low=128 high=191 missing=0
  printf -v code %d "'$1"
  code=$((code & 255)) size=1
  case $((code < 128 ? 0 : code < 194 ? -1 : code < 224 ? 1 : code < 240 ? 2 : code < 245 ? 3 : -1)) in
    0) return ;;
    1) missing=1 code=$((code & 31)) ;;
    2) ((code != 224)) || low=160; ((code != 237)) || high=159; missing=2 code=$((code & 15)) ;;
    3) ((code != 240)) || low=144; ((code != 244)) || high=143; missing=3 code=$((code & 7)) ;;
    *) code=-1 && return ;;
  esac
  for (( ; missing > 0; missing--)); do
    printf -v byte %d "'${1:size:1}"
    byte=$((byte & 255))
    ((byte >= low && byte <= high)) || { code=-1 && return; }
    code=$((code << 6 | byte & 63)) size=$((size + 1)) low=128 high=191
  done
}

# Whether a terminal would obey the character with the code $1, or a reader not see it: control and format characters,
# line separators, what a font may leave out, and what is no character.
is_hidden() {
  local c=$1
  ((c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x34f || (c >= 0x600 && c <= 0x605) || c == 0x61c ||
    c == 0x6dd || c == 0x70f || c == 0x890 || c == 0x891 || c == 0x8e2 || c == 0x115f || c == 0x1160 || c == 0x17b4 ||
    c == 0x17b5 || (c >= 0x180b && c <= 0x180f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
    (c >= 0x2060 && c <= 0x206f) || c == 0x3164 || (c >= 0xfdd0 && c <= 0xfdef) || (c >= 0xfe00 && c <= 0xfe0f) ||
    c == 0xfeff || c == 0xffa0 || (c >= 0xfff0 && c <= 0xfffb) || c == 0x110bd || c == 0x110cd ||
    (c >= 0x13430 && c <= 0x1343f) || (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) ||
    (c >= 0xe0000 && c <= 0xe0fff) || (c & 0xfffe) == 0xfffe))
}

# The code $1 as text in REPLY.
escape() {
  case $1 in
    9) REPLY='\t' ;;
    10) REPLY='\n' ;;
    13) REPLY='\r' ;;
    *)
      if (($1 < 0x100)); then
        printf -v REPLY '\\x%02x' "$1"
      elif (($1 < 0x10000)); then
        printf -v REPLY '\\u%04x' "$1"
      else
        printf -v REPLY '\\u{%x}' "$1"
      fi
      ;;
  esac
}

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
  visible "$2" 4000
  printf 'plot.sh: %s\n' "$REPLY" >&2
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
    [[ -z $duration_us ]] ||
      printf 'plot.sh: -m measures until it is stopped: the duration %s is not used\n' "$duration" >&2
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
  [[ $1 =~ ^([0-9]{1,9})(\.([0-9]{1,3}))?$ ]] ||
    fail 1 "the duration is \"$1\"; it must be 0.001 to 999999999 seconds, or NaN"
  local fraction=${BASH_REMATCH[3]}000
  duration_us=$((10#${BASH_REMATCH[1]} * 1000000 + 10#${fraction:0:3} * 1000))
  ((duration_us > 0)) ||
    fail 1 "the duration is \"$1\"; it must be more than 0 seconds, or NaN"
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
  free_label=MemAvailable:
  # MemFree counts the page cache as used: a healthy host with a warm cache would be critical.
  [[ $basis == available ]] || free_label=MemFree:
  setting NSOMEM_WITHOUT_CORE '' 'stay|' 'stay, or unset' && without_core=$REPLY
  setting NSOMEM_DATA '' 'none|' 'none, or unset' && data_wanted=$REPLY
  setting NSOMEM_CORE_PID '' '[1-9][0-9]{0,9}|' 'a process ID' && pinned_pid=$REPLY
  setting NSOMEM_CORE_USERS '' '[0-9]{1,10}( [0-9]{1,10})*|' 'user numbers with one space between' && core_users=$REPLY
  setting NSOMEM_WAIT_FD '' '0|[1-9][0-9]{0,5}|' 'a descriptor number' && wait_fd=$REPLY
  local milliseconds='[1-9][0-9]{0,4}'
  setting NSOMEM_INTERVAL_MS_MAX 1000 "$milliseconds" '5 to 60000 milliseconds' && interval_ms_max=$REPLY
  setting NSOMEM_INTERVAL_MS_MIN 20 "$milliseconds" '5 to 60000 milliseconds' && interval_ms_min=$REPLY
  ((interval_ms_max >= 5 && interval_ms_max <= 60000)) ||
    fail 2 "NSOMEM_INTERVAL_MS_MAX is $interval_ms_max; it must be 5 to 60000 milliseconds"
  ((interval_ms_min >= 5 && interval_ms_min <= interval_ms_max)) ||
    fail 2 "NSOMEM_INTERVAL_MS_MIN is $interval_ms_min; it must be 5 to $interval_ms_max (NSOMEM_INTERVAL_MS_MAX)"
  hurry_ms_min=$((interval_ms_min < 8 ? 1 : interval_ms_min / 4))
  # The limits of cgroups are read anew each fourth full tick, and at least each 4 s.
  refresh_turns=$((interval_ms_max <= 1000 ? 4 : interval_ms_max < 4000 ? 4000 / interval_ms_max : 1))
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
    ((REPLY > 0)) || fail 2 "${prefix}_${level^^}_PERCENT is ${limit_percent[$kind.$level]}; it must be more than 0"
    limit_basis_points[$kind.$level]=$REPLY
  done
  ((limit_basis_points[$kind.warning] < limit_basis_points[$kind.critical])) ||
    fail 2 "${prefix}_WARNING_PERCENT is ${limit_percent[$kind.warning]}; it must be below ${prefix}_CRITICAL_PERCENT"
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

# Sets stamp: the time of day as 2026-11-23T13:09:51.120+01:00, and clock_time: its 13:09:51. Once a tick: the loop
# empties it.
update_stamp() {
  local seconds milliseconds
  if [[ -n ${EPOCHREALTIME-} ]]; then
    milliseconds=${EPOCHREALTIME/[.,]/}
    seconds=${milliseconds%??????} milliseconds=${milliseconds: -6:3}
  else
    epoch_from_uptime
    seconds=${REPLY%???} milliseconds=${REPLY: -3}
  fi
  if [[ $seconds != "$stamp_seconds" ]]; then
    stamp_seconds=$seconds
    printf -v stamp_date '%(%Y-%m-%dT%H:%M:%S%z)T' "$seconds"
    stamp_zone=${stamp_date: -5:3}:${stamp_date: -2} stamp_date=${stamp_date%?????}
    clock_time=${stamp_date: -8}
  fi
  stamp=$stamp_date.$milliseconds$stamp_zone
}
stamp='' stamp_seconds=''

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
  local pipe
  # bash 5.1 keeps a small here-string in a pipe, older ones in a file: those need one short-lived process.
  exec {pipe}<<<''
  [[ -p /dev/fd/$pipe ]] || exec {pipe}< <(:)
  # Opened for reading and writing, a pipe never ends.
  exec {wait_fd}<>"/dev/fd/$pipe" {pipe}<&-
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
      0) update_clock ;; # bytes came
      1) return 1 ;;     # end of file
      *)                 # time is up
        update_clock
        clock_step $((now_us - before_us - left_us)) || return 0
        ;;
    esac
  done
  return 0
}

# Moves all deadlines when the time of day was set: $1 is by how many µs the pause was longer than asked for. Fails
# when it moved them, so that the pause ends.
clock_step() {
  (($1 < -100000 || $1 > 5000000)) || return 0
  full_due_us=$((full_due_us + $1)) tick_due_us=$((tick_due_us + $1))
  [[ -z $end_us ]] || end_us=$((end_us + $1))
  return 1
}

# -------------------------------------------------------------------------------------------------------- proc files

# Whether $1 is a decimal number that arithmetic may take: it would evaluate what is no number, and stop at 08.
is_number() {
  case $1 in
    '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;;
  esac
}

# The number of the first of `lines` that begins with $1 in REPLY.
find_line() {
  for REPLY in "${!lines[@]}"; do
    [[ ${lines[REPLY]} != "$1"* ]] || return 0
  done
  return 1
}

# Puts the number behind the label $1 of the array `lines` into REPLY.
field() {
  find_line "$1" || return
  local line=${lines[REPLY]#"$1"}
  line=${line% kB}
  REPLY=${line##*[[:blank:]]}
  is_number "$REPLY"
}

# Sets mem_total, mem_used and huge_kib in KiB from /proc/meminfo, see proc(5), and committed and commit_limit: empty
# where there is no committed memory to judge. Fails with the reason in meminfo_problem.
read_meminfo() {
  local lines=() words no_commit=''
  mapfile -t lines 2>&"$null" <meminfo
  pick_meminfo_words
  if [[ ${words[0]-}${words[3]-}${words[6]-}${words[9]-}${words[12]-}${#lines[@]} != "$meminfo_labels" ]]; then
    find_meminfo_lines || return
    pick_meminfo_words
  fi
  case "${words[1]-x} ${words[4]-x} ${words[7]-x} ${words[10]-x} ${words[13]-x}" in
    *[!0-9\ ]* | *[!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ][!\ ]*) check_meminfo_words || return ;;
  esac
  ((mem_total = 10#${words[1]}, mem_used = mem_total - 10#${words[4]} - arc_kib,
    commit_limit = 10#${words[7]}, committed = 10#${words[10]},
    huge_kib = 10#${words[13]} * huge_size_kib, huge_kib = huge_kib < mem_total ? huge_kib : 0, 1))
  [[ -z $no_commit ]] || committed='' commit_limit=''
  [[ -z $without_available ]] || subtract_page_cache
  ((mem_used >= 0)) || mem_used=0
}

# Sets words: the lines, where they were last time, as MemTotal: 24684092 kB MemAvailable: …
pick_meminfo_words() {
  lines[no_line]='none none kB' # for one that is missing
  # shellcheck disable=SC2206 # splitting into words is meant, and globbing is off
  words=(${lines[meminfo_at[0]]-} ${lines[meminfo_at[1]]-} ${lines[meminfo_at[2]]-} ${lines[meminfo_at[3]]-} ${lines[meminfo_at[4]]-})
}

# Whether $1 is an amount of KiB that can be true: 10^12 are 931 TiB.
is_kib() {
  case $1 in
    '' | *[!0-9]* | ?????????????*) return 1 ;;
  esac
}

# Makes the words arithmetic may take of what was found: 0 for what is not known. Fails when the host's memory is not.
check_meminfo_words() {
  if ! is_kib "${words[1]-}" || ! is_kib "${words[4]-}"; then
    meminfo_problem="$proc_dir/meminfo has something else than numbers"
    return 1
  fi
  if ! is_kib "${words[7]-}" || ! is_kib "${words[10]-}"; then
    words[7]=0 words[10]=0 no_commit=yes
  fi
  is_kib "${words[13]-}" || words[13]=0
}

readonly no_line=1000000
meminfo_at=(0 0 0 0 0) meminfo_labels='' huge_size_kib=1 without_available='' arc_kib=0

# Sets where the lines are in /proc/meminfo. Those of the commit limit and of the huge pages may be missing.
find_meminfo_lines() {
  local label
  find_line MemTotal: || { meminfo_problem="cannot read $proc_dir/meminfo, or it has no MemTotal" && return 1; }
  if [[ $free_label == MemAvailable: ]] && ! find_line MemAvailable:; then
    free_label=MemFree: without_available=yes
    say "$proc_dir/meminfo has no MemAvailable (Linux before 3.14): MemFree + Buffers + Cached count as free"
  fi
  find_line "$free_label" || { meminfo_problem="$proc_dir/meminfo has no ${free_label%:}" && return 1; }
  meminfo_at=() meminfo_labels='' huge_size_kib=1
  set -- MemTotal: "$free_label" CommitLimit: Committed_AS: Hugetlb:
  find_line Hugetlb: || ! field Hugepagesize: || {
    huge_size_kib=$REPLY
    set -- "${@:1:4}" HugePages_Total:
  }
  for label; do
    if find_line "$label"; then
      meminfo_at+=("$REPLY") meminfo_labels+=$label
    else
      meminfo_at+=("$no_line") meminfo_labels+=none
    fi
  done
  meminfo_labels+=${#lines[@]}
}

# Sets arc_kib: what the cache of ZFS would give back, which no line of /proc/meminfo counts. It does not shrink below
# c_min.
read_arc() {
  arc_kib=0
  [[ -n $arc_lines ]] || return 0
  local lines=() words
  mapfile -t -n "$arc_lines" lines 2>&"$null" <spl/kstat/zfs/arcstats
  # Name, type and value of each: c_min 4 1073741824 size 4 33822867456
  # shellcheck disable=SC2206 # splitting into words is meant, and globbing is off
  words=(${lines[arc_at[0]]-} ${lines[arc_at[1]]-})
  if [[ ${words[0]-} != c_min || ${words[3]-} != size ]]; then
    find_arc
    return
  fi
  is_number "${words[2]-}" && is_number "${words[5]-}" || return
  arc_kib=$(((words[5] - words[2]) / 1024))
  ((arc_kib > 0 && arc_kib < mem_total)) || arc_kib=0
}
arc_lines='' arc_at=(0 0)

# Looks whether there is such a cache, and where its two lines are.
find_arc() {
  local lines=() at=()
  arc_lines=''
  [[ -e spl && $basis == available ]] || return 0
  mapfile -t lines 2>&"$null" <spl/kstat/zfs/arcstats
  if find_line 'c_min ' && at=("$REPLY") && find_line 'size '; then
    arc_at=("${at[0]}" "$REPLY")
    arc_lines=$((arc_at[0] > REPLY ? arc_at[0] + 1 : REPLY + 1))
  else
    say_once arcstats "cannot read the size of ZFS's cache in $proc_dir/spl/kstat/zfs/arcstats: it counts as used"
  fi
}

subtract_page_cache() {
  local label
  for label in Buffers: Cached:; do
    ! field "$label" || mem_used=$((mem_used - REPLY))
  done
}

# Sets stat_state, stat_parent, stat_start (clock ticks since boot) and stat_flags from /proc/$1/stat, not yet checked.
read_stat() {
  local fields=()
  read -r -a fields 2>&"$null" <"$1/stat"
  # 8571 (ncs.smp) S 1 …: the name in parentheses may hold spaces, parentheses and newlines. None of the fields behind
  # it holds a parenthesis.
  if [[ ${#fields[@]} -lt 22 || ${fields[1]} != *')' || ${fields[*]:2:8} == *')'* ]]; then
    local text=''
    IFS= read -r -N 2048 text 2>&"$null" <"$1/stat"
    # shellcheck disable=SC2206 # splitting into fields is meant, and globbing is off
    fields=(0 name ${text##*) })
  fi
  stat_state=${fields[2]-} stat_parent=${fields[3]-} stat_flags=${fields[8]-} stat_start=${fields[21]-}
  [[ -n $stat_start ]]
}

# Sets rss_kib and allocated_kib of process $1: from one short line where the kernel's statm can be had, which says the same
# in pages and takes a third of the time. Fails for one that is gone, and for a zombie, which has no memory.
read_sizes() {
  # Read into the very variables: each command counts here.
  rss_kib='' allocated_kib=''
  [[ -z $page_kib ]] || read -r _ rss_kib _ _ _ allocated_kib _ 2>&"$null" <"$1/statm"
  case $rss_kib/$allocated_kib in
    */0) return 1 ;;
    /* | */ | *[!0-9/]*)
      read_status "$1"
      return
      ;;
  esac
  ((rss_kib *= page_kib, allocated_kib *= page_kib))
}

# Sets page_kib: how many KiB a page of statm has, by this process's own; empty where there is none.
read_page_size() {
  local pages='' lines=()
  page_kib=''
  read -r pages _ 2>&"$null" <self/statm
  mapfile -t lines 2>&"$null" <self/status
  is_number "$pages" && ((pages > 0)) && field VmSize: || return 0
  page_kib=$(((REPLY + pages / 2) / pages))
}

# Sets rss_kib and allocated_kib of process $1. VmData + VmStk is what `pmap -d` calls writeable/private, to the kB,
# without walking the mappings.
read_status() {
  local lines=() words
  mapfile -t lines 2>&"$null" <"$1/status"
  # The three lines, where the last process had them, as words: VmRSS: 42244 kB VmData: 57120 kB VmStk: 132 kB
  # shellcheck disable=SC2206 # splitting into words is meant, and globbing is off
  words=(${lines[status_at[0]]-} ${lines[status_at[1]]-} ${lines[status_at[2]]-})
  if [[ ${words[0]-}${words[3]-}${words[6]-} != VmRSS:VmData:VmStk: ]]; then
    find_status_lines || return
    # shellcheck disable=SC2206
    words=(${lines[status_at[0]]} ${lines[status_at[1]]} ${lines[status_at[2]]})
  fi
  case ${words[1]-x}${words[4]-x}${words[7]-x} in
    *[!0-9]*) return 1 ;;
  esac
  rss_kib=$((10#${words[1]})) allocated_kib=$((10#${words[4]} + 10#${words[7]}))
}

status_at=(0 0 0)
find_status_lines() {
  local label
  status_at=()
  for label in VmRSS: VmData: VmStk:; do
    find_line "$label" || { status_at=(0 0 0) && return 1; }
    status_at+=("$REPLY")
  done
}

# -------------------------------------------------------------------------------------------- which process is NSO's

# What is known of each process, by PID. The indexed arrays hold NSO's alone and list them in ascending order. A PID may
# be reused: with the start time it names one process.
declare -A parent_of=()   # its parent, for every process seen
declare -A may_exec=()    # those that may still become NSO's: all but kernel threads
declare -A young_until=() # the full tick until which it is looked at again each time
class_of=()    # core, javavm or pythonvm, by its command line
given_name_of=() # as its command line has it, up to 1000 bytes
role_of=()     # core, javavm, pythonvm, or child (of a Python VM): those that are measured
start_of=()    # of those with a role, in clock ticks since boot
name_of=()     # as it is shown
conffile_of=() # of a core
stand_in=()    # of a core: whether it is nsomem's own, of a demo or a drill
user_of=()     # of those with a role: the user that it acts for, by its number
cgroup_of=()   # the lines of /proc/PID/cgroup, of cores and of VMs without one above them: see note_cgroup
vm_of=()       # of a child: the PID of its Python VM
rss_of=() allocated_of=() # in KiB, of those that were measured in this tick
core_pid='' cores=() candidates=() measured=() roles_changed=yes
last_pid='' last_pid_before='' full_ticks=0 rotation=() rotation_at=0

# A start script keeps its PID when it becomes ncs.smp, java or python3: "not NSO" is a verdict that expires. New
# processes are looked at again one, three and five full ticks later, all others in turn.
readonly young_ticks=5

# Puts the token after the first $1 of argv, searched from index $2 on, into REPLY.
value_after() {
  local index=$2
  while ((index < ${#argv[@]})) && [[ ${argv[index]} != "$1" ]]; do
    index=$((index + 1))
  done
  REPLY=${argv[index + 1]-}
  ((index + 1 < ${#argv[@]}))
}

# Puts the name among a Python VM's own arguments, from index $1 of argv on, into REPLY: -i NAME, -iNAME, --id NAME or
# --id=NAME.
vm_name() {
  local index
  for ((index = $1; index < ${#argv[@]}; index++)); do
    case ${argv[index]} in
      -i | --id)
        REPLY=${argv[index + 1]-}
        return
        ;;
      --id=*)
        REPLY=${argv[index]#--id=}
        return
        ;;
      -i*)
        REPLY=${argv[index]#-i}
        return
        ;;
    esac
  done
  return 1
}

# Whether $1 is one of argv.
has_argument() {
  local argument
  for argument in "${argv[@]}"; do
    [[ $argument != "$1" ]] || return 0
  done
  return 1
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
      has_argument com.tailf.ncs.NcsJVMLauncher && class=javavm name=NcsJVMLauncher
      ;;
    coverage | python*)
      [[ $executable == coverage || ${executable#python} != *[!0-9.]* ]] || return 1
      index=1
      while ((index < ${#argv[@]})) && [[ ${argv[index]} != */ncs_pyvm/@(startup|upgrade).py ]]; do
        index=$((index + 1))
      done
      vm_name "$((index + 1))" && [[ -n $REPLY ]] && class=pythonvm name=$REPLY
      ;;
    *) return 1 ;;
  esac
}

# Looks whether process $1 may have become NSO's: its first token rules out nearly every process, and costs one read of
# what may be a megabyte.
glance() {
  local argv=()
  mapfile -d '' -t -n 1 argv 2>&"$null" <"$1/cmdline"
  case ${argv[0]-} in
    *ncs.smp | *beam.smp | *ncs | *beam | *java | *coverage | *python*) examine "$1" ;;
    '') [[ -e $1/stat ]] || forget "$1" ;; # zombies have no arguments
    *) [[ -z ${class_of[$1]-} ]] || examine "$1" ;;
  esac
}

# Reads what process $1 is: its parent, and its class by its command line. It may be gone already.
examine() {
  local pid=$1 argv=() class='' name=''
  if ! read_stat "$pid" || ! is_number "$stat_parent" || ! is_number "$stat_start"; then
    forget "$pid"
    return
  fi
  [[ -n ${parent_of[$pid]-} ]] || unsettled+=("$pid")
  parent_of[$pid]=$stat_parent
  mapfile -d '' -t -n 8192 argv 2>&"$null" <"$pid/cmdline"
  [[ ${#argv[@]} -gt 0 ]] || return
  classify || class=''
  name=${name:0:1000}
  [[ $class == "${class_of[$pid]-}" && $name == "${given_name_of[$pid]-}" ]] || reclassify
}

# Process `pid` is of the class `class` by now.
reclassify() {
  [[ -z ${role_of[$pid]-} ]] || drop_role "$pid"
  visible "$name" 200
  class_of[pid]=$class given_name_of[pid]=$name name_of[pid]=$REPLY
  unsettled+=("$pid")
  if [[ $class == pythonvm ]]; then
    new_vm=yes
  elif [[ $class == core ]]; then
    value_after -conffile 0 || REPLY=unknown
    visible "$REPLY" 200
    conffile_of[pid]=$REPLY stand_in[pid]=''
    ! has_argument -nsomem_stand_in || stand_in[pid]=yes
  fi
}

# Sets user, whom process $1 acts for; fails for the ID of a thread: /proc answers for those too, although it does not
# list them. Root only where the real, effective, saved and file system user all are: anyone can start a set-user-ID
# program of root's under any command line.
read_user() {
  local lines=() id
  mapfile -t lines 2>&"$null" <"$1/status"
  user=''
  if find_line Uid:; then
    for id in ${lines[REPLY]#Uid:}; do
      [[ -n $user && $user != 0 ]] || user=$id
    done
  fi
  user=${user:-$EUID} # where a made-up /proc does not say
  ! field Tgid: || ((REPLY == $1))
}

# Process $1 is not measured any longer.
drop_role() {
  [[ ${role_of[$1]} == child ]] || say "${role_of[$1]} gone: pid $1, ${name_of[$1]}"
  [[ $1 != "$core_pid" ]] || core_pid=''
  unset "role_of[$1]" "start_of[$1]" "vm_of[$1]" "user_of[$1]" "cgroup_of[$1]" "rss_of[$1]"
  roles_changed=yes
}

forget() {
  [[ -z ${role_of[$1]-} ]] || drop_role "$1"
  unset "parent_of[$1]" "may_exec[$1]" "young_until[$1]" "class_of[$1]" "conffile_of[$1]" "stand_in[$1]"
  unset "given_name_of[$1]" "name_of[$1]"
}

# Gives process $1 its role. A copy that a process of NSO has just forked still carries its command line, so a core
# whose parent is a core is not another one, nor is a VM with an ancestor of its own class; whatever a Python VM started
# is counted to it.
settle() {
  local pid=$1 class=${class_of[$1]-} above=${parent_of[$1]-0} depth vm='' user
  [[ -n ${parent_of[$pid]-} && -z ${role_of[$pid]-} ]] || return 0
  # A tree that changes while it is read may hold a ring.
  for ((depth = 0; depth < 64 && above > 1 && above != pid; depth++)); do
    case ${class_of[above]-} in
      '') ;;
      pythonvm) vm=$above ;;
      "$class") [[ $class == core && $depth -gt 0 ]] || return 0 ;;
    esac
    above=${parent_of[$above]-0}
  done
  [[ -n $class || -n $vm ]] && read_stat "$pid" && read_user "$pid" || return 0
  start_of[pid]=$stat_start user_of[pid]=$user
  roles_changed=yes
  if [[ -n $vm ]]; then
    role_of[pid]=child vm_of[pid]=$vm
    [[ -n ${had_children[$vm]-} ]] || say "Python VM \"${name_of[$vm]}\" has child processes: pid $vm"
    had_children[vm]=${name_of[vm]}
  else
    role_of[pid]=$class
    say "$class appeared: pid $pid, ${name_of[$pid]}${conffile_of[$pid]:+, conffile ${conffile_of[$pid]}}"
  fi
}
had_children=() # names of the Python VMs that had any, by PID

# Looks for processes that are new, or that have become NSO's.
discover() {
  local pid unsettled=() new_vm=''
  list_new
  examine_some
  [[ -z $pinned_pid || -n ${role_of[pinned_pid]-} ]] || examine "$pinned_pid"
  glance_again
  settle_all
}

# Goes on with those that were listed and are not examined yet.
discover_more() {
  local pid unsettled=() new_vm=''
  examine_some
  settle_all
}

# Gives roles to those just examined. Which core is the only one is known only when all have been seen.
settle_all() {
  [[ -z $new_vm ]] || unsettled=("${!parent_of[@]}") # it may have had children before it was known
  for pid in "${unsettled[@]}"; do
    settle "$pid"
  done
  [[ -z $roles_changed || (-z $all_seen && -z $pinned_pid) ]] || arrange
}

# Sets last_pid, the last PID given out. A PID is given out a moment before its process can be seen: each is looked at in
# two ticks, from last_pid_before on.
read_last_pid() {
  last_pid_before=$last_pid last_pid=''
  read -r _ _ _ _ last_pid 2>&"$null" <loadavg
}

# Lists the processes that may not be known yet. Listing 2,000 processes costs 10 ms, so they are listed now and then
# only, and among more than 1,000 more rarely. In between, the last PID given out (see proc(5), loadavg) shows which ones
# may have started.
list_new() {
  local pid first=$last_pid_before now=$last_pid
  is_number "$first" && is_number "$now" || first=-1000 now=0
  if ((full_ticks % (${#parent_of[@]} > 1000 ? 60 : 20) != 0 && now >= first && now <= first + 200)); then
    for ((pid = first + 1; pid <= now; pid++)); do
      [[ ! -e $pid/stat ]] || unexamined+=("$pid") # of threads too: see read_user
    done
  else
    set +f
    unexamined=([1-9]*) unexamined_at=0
    set -f
  fi
}
unexamined=() unexamined_at=0 all_seen=''

# Examines examined_max of them: 300 take 40 ms, so that memory is read between two such slices.
examine_some() {
  local left=$examined_max
  for (( ; unexamined_at < ${#unexamined[@]} && left > 0; unexamined_at++)); do
    pid=${unexamined[unexamined_at]}
    if [[ -z ${parent_of[$pid]-} && $pid != *[!0-9]* ]]; then
      examine "$pid"
      watch_for_exec
      left=$((left - 1))
    fi
  done
  ((unexamined_at >= ${#unexamined[@]})) || return 0
  unexamined=() unexamined_at=0
  [[ -n $all_seen ]] || roles_changed=yes
  all_seen=yes
}
readonly slice_max=300
examined_max=1000000

# Notes how often the process `pid`, just examined, must be looked at again.
watch_for_exec() {
  [[ -n ${parent_of[$pid]-} ]] || return # gone
  # Kernel threads (PF_KTHREAD) stay what they are.
  ! is_number "$stat_flags" || ((!(stat_flags & 0x200000))) || return
  may_exec[$pid]=yes
  # At the first look most processes are old already; a start time is in hundredths of a second.
  [[ -z $all_seen ]] && ((boot_age_s - stat_start / 100 > young_ticks)) ||
    young_until[$pid]=$((full_ticks + young_ticks))
}

# Sets boot_age_s: for how long the host had been up at the start.
read_boot_age() {
  local age=''
  read -r age _ 2>&"$null" <uptime
  boot_age_s=${age%%.*}
  is_number "$boot_age_s" || boot_age_s=0
}

# Looks again at the young, and at a share of the others in turn: 2 ms of it at the most.
glance_again() {
  local pid left count=$((1 + ${#may_exec[@]} / 64))
  ((count <= 40)) || count=40
  for pid in "${!young_until[@]}"; do
    left=$((young_until[$pid] - full_ticks))
    ((left > 0)) || unset "young_until[$pid]"
    ((left % 2 == 1)) || glance "$pid"
  done
  if ((rotation_at >= ${#rotation[@]})); then
    rotation=("${!may_exec[@]}") rotation_at=0
  fi
  ((${#rotation[@]} > 0)) || return 0
  for pid in "${rotation[@]:rotation_at:count}"; do
    # What has a role keeps it until it ends; what is gone is forgotten.
    [[ -n ${role_of[pid]-} || -z ${parent_of[$pid]-} ]] || glance "$pid"
  done
  rotation_at=$((rotation_at + count))
}

# Drops measured processes that are gone or are zombies, or whose PID belongs to another process by now. Whoever has
# memory lives, and is the same as long as its PID was not given out again: so one read does for most, and its sizes are
# kept for measure_processes. Each tenth time all of them are looked at, for those that were handed to another parent.
verify() {
  local pid whole=$((full_ticks % 10 == 0)) rss_kib allocated_kib
  rss_of=() allocated_of=()
  is_number "$last_pid" && is_number "$last_pid_before" && ((last_pid_before <= last_pid)) || whole=1
  for pid in "${!role_of[@]}"; do
    if read_sizes "$pid"; then
      rss_of[pid]=$rss_kib allocated_of[pid]=$allocated_kib
      ((!whole && (pid <= last_pid_before || pid > last_pid))) || look_again
    else
      look_again
    fi
  done
}

# Drops the process `pid` where it is not what it was.
look_again() {
  if ! read_stat "$pid"; then
    [[ -e $pid/stat ]] || forget "$pid" # else it is there, but not to be read now
  elif [[ $stat_state == [ZXx] || $stat_start != "${start_of[pid]}" ]]; then
    forget "$pid"
    last_pid_before='' # look at once who has the PID now
  elif [[ $stat_parent != "${parent_of[$pid]}" ]] && is_number "$stat_parent"; then
    # An orphan is handed to another parent. NSO's own stay what they are, although it may be another NSO's by now;
    # a child is of its VM no longer.
    parent_of[$pid]=$stat_parent roles_changed=yes
    [[ ${role_of[pid]} != child ]] || drop_role "$pid"
  fi
}

# Chooses the core to measure: the pinned one, or the only one of those who come first. Sets core_pid (empty when there
# is none), cores, candidates, and measured: the PIDs to measure, without those that belong to another core.
arrange() {
  local pid group adopted
  roles_changed='' cores=() measured=()
  for pid in "${!role_of[@]}"; do
    [[ ${role_of[pid]} != core ]] || cores+=("$pid")
  done
  find_candidates
  if [[ -n $pinned_pid ]]; then
    [[ ${role_of[pinned_pid]-} != core ]] || core_pid=$pinned_pid
  elif [[ ${#candidates[@]} -eq 1 ]]; then
    core_pid=${candidates[0]}
  elif [[ ${#candidates[@]} -gt 1 ]]; then
    describe_candidates
    say_once "cores ${candidates[*]}" \
      "several NSO cores: $REPLY; ${core_pid:+measuring pid $core_pid; }NSOMEM_CORE_PID chooses one"
  fi
  [[ -z $core_pid ]] || measured=("$core_pid")
  choose_adopted
  for group in javavm pythonvm; do
    for pid in "${!role_of[@]}"; do
      [[ ${role_of[pid]} != "$group" ]] || ! is_ours "$pid" || measured+=("$pid")
    done
  done
}

# Sets candidates: the cores of the users in core_users. Without those, the cores of the tool's own user, or where he
# has none root's, or where root has none those of all others: whoever may start a process can give it the arguments of
# a core. Who else may run NSO here, and what a core executes, cannot be seen without starting a program: the agent
# looks at both, and sets NSOMEM_CORE_USERS.
find_candidates() {
  local users
  candidates=()
  if [[ -n $core_users ]]; then
    add_candidates "$core_users"
    return
  fi
  for users in "$EUID" 0; do
    [[ ${#candidates[@]} -gt 0 ]] || add_candidates "$users"
  done
  [[ ${#candidates[@]} -gt 0 ]] || candidates=("${cores[@]}")
}

# Adds the cores of the users in $1.
add_candidates() {
  local pid
  for pid in "${cores[@]}"; do
    [[ " $1 " != *" ${user_of[pid]} "* ]] || candidates+=("$pid")
  done
}

# "pid 8571 (/etc/ncs/ncs.conf), pid …" in REPLY.
describe_candidates() {
  local pid text=''
  for pid in "${candidates[@]}"; do
    text+=", pid $pid (${conffile_of[pid]})"
  done
  REPLY=${text#, }
}

# Sets adopted: which VMs of the measured core's user without a core above them are taken for its own. All where it is
# his only core on this host, those of its cgroup where it is his only core in that, else none: several NSO on one host
# is normal in a laboratory. A stand-in of nsomem's own adopts none and is nobody's rival. The agent decides the same;
# one table of process trees tests both.
choose_adopted() {
  local pid
  adopted=all
  [[ -z $core_pid || -z ${stand_in[core_pid]-} ]] || adopted=none
  for pid in "${cores[@]}"; do
    if [[ -n $core_pid && $pid != "$core_pid" && -z ${stand_in[pid]-} && $adopted != none &&
      ${user_of[pid]} == "${user_of[core_pid]}" ]]; then
      note_cgroup "$pid"
      note_cgroup "$core_pid"
      adopted=cgroup
      [[ -n ${cgroup_of[core_pid]} && ${cgroup_of[pid]} != "${cgroup_of[core_pid]}" ]] || adopted=none
    fi
  done
}

# Whether VM $1 belongs to the measured core: it descends from it, or from no core, has the same user, and is adopted.
# While there is no core, the VMs of the users whose cores come first are measured.
is_ours() {
  local above=${parent_of[$1]-0} depth users=${core_users:-"$EUID 0"}
  for ((depth = 0; depth < 64 && above > 0; depth++)); do
    [[ $above != "$core_pid" ]] || return 0
    [[ ${role_of[above]-} != core ]] || return 1
    above=${parent_of[$above]-0}
  done
  [[ -z $core_pid ]] || users=${user_of[core_pid]}
  [[ " $users " == *" ${user_of[$1]} "* ]] || return 1
  case $adopted in
    all) ;;
    cgroup) note_cgroup "$1" && [[ ${cgroup_of[$1]} == "${cgroup_of[core_pid]}" ]] ;;
    *) return 1 ;;
  esac
}

# Notes in which cgroup process $1 is, the first time that it matters: one read for each core or VM, and none where
# there is one core.
note_cgroup() {
  local entries=()
  [[ -z ${cgroup_of[$1]+noted} ]] || return 0
  mapfile -t entries 2>&"$null" <"$1/cgroup"
  cgroup_of[$1]=${entries[*]-}
}

# ----------------------------------------------------------------------------------------------------------- ceilings

# What limits memory: number 0 is the commit limit, 1 the RAM of the host, and from 2 on the cgroups above the core,
# innermost first: where the host has plenty, they bind.
readonly commit=0 host=1
ceiling_names=(CommitLimit MemTotal)
ceiling_dirs=('' '')   # of a cgroup; one may have two ceilings, which are beside each other then
ceiling_limits=(-1 -1) # in KiB
warning_at=()          # how many KiB used begin the level
critical_at=() calm_below=()

# 6,000 MiB/s: the fastest that memory was seen to fill, by earlyoom's authors with `stress`.
readonly fill_rate_kib_per_s=6144000

# Sets ceiling number $1, of memory kind $2, to $3 KiB.
set_ceiling() {
  [[ ${ceiling_limits[$1]-} != "$3" ]] || return 0
  ceiling_limits[$1]=$3 used_before[$1]='' grown_of[$1]=''
  level_begins "$2.warning" "$3" && warning_at[$1]=$REPLY
  level_begins "$2.critical" "$3" && critical_at[$1]=$REPLY
  # Below that it takes memory longer than a full interval to reach a level.
  calm_below[$1]=$(($3 > 0 ? warning_at[$1] - interval_ms_max * fill_rate_kib_per_s / 1000 : -1))
}

# How many of $2 KiB used begin the level $1 ("physical.warning"), in REPLY. A level begins exactly at its percentage;
# where an amount of free memory is configured too, less than that must be free as well.
level_begins() {
  local free=${limit_free_kib[$1]}
  REPLY=$((($2 * limit_basis_points[$1] + 9999) / 10000))
  [[ -z $free ]] || ((REPLY > $2 - free)) || REPLY=$(($2 - free + 1))
  (($2 > 0)) || REPLY=1000000000000000 # what has no size is never full
}

# Reads whether the commit limit is in force (vm.overcommit_memory=2) and the limits of the core's cgroups, and finds
# those cgroups when the core is in others than before.
refresh_ceilings() {
  local entries=() now_and_then=$((refreshes % 3 == 0))
  refreshes=$((refreshes + 1))
  read -r overcommit_mode 2>&"$null" <sys/vm/overcommit_memory
  ((!now_and_then)) || find_arc
  [[ -z $core_pid ]] || mapfile -t entries 2>&"$null" <"$core_pid/cgroup"
  # A memory controller may be enabled at any time: now and then they are looked for all the same.
  [[ ${entries[*]-} == "$cgroup_entries" && $now_and_then -eq 0 ]] || find_cgroups
  refresh_limits
}

# Sets the ceilings of the cgroups: the limit files that hold a limit now.
refresh_limits() {
  local number limit turn=$((${#turn_of[@]} > 0 ? refreshes % ${#turn_of[@]} : 0))
  ceiling_dirs=('' '') ceiling_names=(CommitLimit "${ceiling_names[host]}")
  for number in "${!limit_files[@]}"; do
    # Of the memory.high, one at a time is read anew.
    if [[ ${turn_of[number]-$turn} == "$turn" || -z ${limit_kib[number]-} ]]; then
      limit=''
      read -r limit 2>&"$null" <"${limit_files[number]}"
      limit_kib[number]=0
      # "max" is no limit, nor is 9223372036854771712 of version 1.
      [[ $limit == max ]] || ! is_number "$limit" || limit_kib[number]=$((limit / 1024))
    fi
    # What the host does not have is no limit either.
    if ((limit_kib[number] > 0 && limit_kib[number] < mem_total - huge_kib)); then
      set_ceiling "${#ceiling_dirs[@]}" physical "${limit_kib[number]}"
      ceiling_dirs+=("${limit_files[number]%/*}") ceiling_names+=("${limit_names[number]}")
    fi
  done
}

# Sets limit_files: what may limit the core, by its entries in /proc/PID/cgroup.
find_cgroups() {
  local entry path before=${limit_files[*]-} unseen=''
  cgroup_entries=${entries[*]-}
  limit_files=() limit_names=() turn_of=()
  if [[ -n $core_pid && -e $core_pid/cgroup && ! -r $core_pid/cgroup ]]; then
    say_once "cgroup $core_pid" "$proc_dir/$core_pid/cgroup may not be read: NSO is measured against the host's memory alone"
  fi
  for entry in "${entries[@]}"; do # 4:memory:/system.slice/ncs.service, or 0::/system.slice/ncs.service
    path=${entry#*:*:}
    entry=${entry#*:}
    case ,${entry%%:*}, in
      ,,) find_limit_files 2 "$path" || unseen=${unseen:-$path} ;;
      # Beside a version 1 that controls memory, version 2 does not.
      *,memory,*) find_limit_files 1 "$path" && unseen=none || unseen=$path ;;
    esac
  done
  [[ $unseen != /* ]] || say_once "cgroup $unseen" \
    "the memory limits of NSO's cgroup $unseen cannot be seen from here: NSO is measured against the host's memory alone"
  [[ ${limit_files[*]-} == "$before" ]] || limit_kib=()
}
refreshes=0 overcommit_mode='' cgroup_entries='' limit_files=() limit_names=() limit_kib=()
turn_of=() # when a limit file is read that is not read at each full tick

# Finds the limit files of version $1 above the path $2, which is one of our own cgroup namespace. /../NAME is outside of
# it: the core is in another container, and our own limits are not its own. Then its limits are looked for in another
# mount that we have, or in one of the core's. Fails where none shows the path.
find_limit_files() {
  local version=$1 path=$2 own=$cgroup_dir root=/ number
  local mount_versions=("${own_versions[@]}") mount_roots=("${own_roots[@]}") mount_points=("${own_points[@]}")
  if ((version == 1)); then
    own=$cgroup_dir/memory
  elif [[ -d $cgroup_dir/unified ]]; then
    own=$cgroup_dir/unified # a host with both versions has the second one aside
  fi
  for number in "${!mount_points[@]}"; do
    [[ ${mount_points[number]} != "$own" ]] || root=${mount_roots[number]}
  done
  ! add_limit_files "$root" "$own" || return 0
  ! search_mounts || return 0
  mount_versions=() mount_roots=() mount_points=()
  if [[ -e $core_pid/mountinfo ]]; then
    find_mounts "$core_pid/mountinfo" "$core_pid/root"
  else
    guess_core_mount
  fi
  search_mounts
}

# Adds the limit files by the first mount that shows the path.
search_mounts() {
  local number
  for number in "${!mount_points[@]}"; do
    if [[ ${mount_versions[number]} == "$version" && -d ${mount_points[number]} ]]; then
      ! add_limit_files "${mount_roots[number]}" "${mount_points[number]}" || return 0
    fi
  done
  return 1
}

# Our own mounts stay as they are.
read_own_mounts() {
  local mount_versions=() mount_roots=() mount_points=()
  find_mounts self/mountinfo ''
  own_versions=("${mount_versions[@]}") own_roots=("${mount_roots[@]}") own_points=("${mount_points[@]}")
}

# Adds the mounts of cgroups in the mountinfo file $1, below $2, to mount_versions, mount_roots (which cgroup is shown) and
# mount_points (where): those of version 2, and of version 1 with the memory controller.
find_mounts() {
  local lines=() line
  mapfile -t lines 2>&"$null" <"$1"
  for line in "${lines[@]}"; do # 31 23 0:26 /docker/4f2a /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory
    if [[ $line == *' - cgroup '* && ,${line##* }, == *,memory,* ]]; then
      add_mount 1 "$2"
    elif [[ $line == *' - cgroup2 '* ]]; then
      add_mount 2 "$2"
    fi
  done
}

# Adds the mount that `line` is about, a cgroup of version $1 below $2.
add_mount() {
  local words text
  # shellcheck disable=SC2206 # splitting into words is meant, and globbing is off
  words=($line)
  # A space is \040 there, and \0040 for printf.
  printf -v text %b "${words[3]//\\/\\0}" && mount_roots+=("$text")
  printf -v text %b "$2${words[4]//\\/\\0}" && mount_points+=("$text")
  mount_versions+=("$1")
}

# Where the mounts of the core may not be read: in a cgroup namespace of its own, its root is its own cgroup.
guess_core_mount() {
  local point=$core_pid/root/sys/fs/cgroup file=memory.max
  if ((version == 1)); then
    point=$point/memory file=memory.limit_in_bytes
  elif [[ -d $point/unified ]]; then
    point=$point/unified
  fi
  [[ -e $point/$file && ! $point -ef $own ]] || return 0
  mount_versions=("$version") mount_roots=("$path") mount_points=("$point")
}

# Adds the limit files of each ancestor of `path`, innermost first, in the mount at $2, which shows the cgroup $1. Fails
# where the path is not in it.
add_limit_files() {
  local root=${1%/} point=$2 files='memory.max memory.high' rest file
  ((version == 2)) || files=memory.limit_in_bytes
  [[ $path == "$root" || $path == "$root"/* ]] || return 1
  rest=${path#"$root"}
  [[ $rest/ != */../* ]] || return 1
  rest=${rest%/}
  while :; do
    for file in $files; do
      [[ ! -e $point$rest/$file ]] || add_limit_file
    done
    [[ -n $rest ]] || return 0
    rest=${rest%/*}
  done
}

# Adds `file` of the ancestor at `rest` to the limit files.
add_limit_file() {
  local name=$root$rest
  name=cgroup:${name:-/}
  if [[ $file == memory.high ]]; then
    turn_of[${#limit_files[@]}]=${#turn_of[@]} name+=' memory.high'
  fi
  visible "$name" 3900
  limit_files+=("$point$rest/$file") limit_names+=("$REPLY")
}

# What the cgroup with the directory $1 uses in KiB into REPLY, without what the kernel would give back before it kills
# anything: page cache and reclaimable slab, less what must be written first. tmpfs is none of these, and version 1 does
# not say how much of its slab is reclaimable.
read_use() {
  local lines=() line labels number current='' given_back=0
  if [[ -e $1/memory.current ]]; then
    read -r current 2>&"$null" <"$1/memory.current"
    labels=(inactive_file active_file slab_reclaimable file_dirty file_writeback)
  else
    read -r current 2>&"$null" <"$1/memory.usage_in_bytes"
    labels=([0]=total_inactive_file [1]=total_active_file [3]=total_dirty [4]=total_writeback)
  fi
  is_number "$current" || return 1
  mapfile -t lines 2>&"$null" <"$1/memory.stat"
  for number in "${!labels[@]}"; do
    line=${lines[stat_at[number]]-}
    if [[ $line != "${labels[number]} "* ]]; then
      line=''
      ! find_line "${labels[number]} " || stat_at[number]=$REPLY line=${lines[REPLY]}
    fi
    line=${line##* }
    ! is_number "$line" || ((given_back += number < 3 ? line : -line, 1))
  done
  ((given_back > 0)) || given_back=0
  ((given_back < current)) || given_back=$current
  REPLY=$(((current - given_back) / 1024))
}
stat_at=(0 0 0 0 0) # the lines they were on last time

# ------------------------------------------------------------------------------------------------------------- levels

# The level of $2 KiB used under ceiling number $1 into severity: 0 normal, 1 warning, 2 critical. Shortens wait_ms to
# the time that memory needs at least to reach the next level; and where it would be critical soon at the rate at which it
# has grown in the last elapsed_us, to half of the time to that. So a host that stays below its limit is not looked at
# more often, and one that is about to cross it is met soon after.
assess() {
  local grown ms
  if [[ -n $is_rate_due ]]; then
    grown_of[$1]=$(($2 - ${used_before[$1]:-$2})) used_before[$1]=$2
  fi
  grown=${grown_of[$1]:-0}
  severity=$(($2 >= critical_at[$1] ? 2 : $2 >= warning_at[$1] ? 1 : 0))
  ((severity < 2)) || return 0
  ms=$((((severity ? critical_at[$1] : warning_at[$1]) - $2) * 1000 / fill_rate_kib_per_s))
  ((ms >= interval_ms_min)) || ms=$interval_ms_min
  if ((grown > 0 && elapsed_us > 0 && critical_at[$1] < 1000000000000)); then
    grown=$(((critical_at[$1] - $2) * (elapsed_us / 1000) / grown / 2))
    ((grown >= hurry_ms_min)) || grown=$hurry_ms_min
    ((grown >= ms)) || ms=$grown
  fi
  ((ms >= wait_ms)) || wait_ms=$ms
}
# Of each ceiling, when its rate was taken last, and by how much it had grown then.
used_before=() grown_of=()
rated_us=0 elapsed_us=0 is_rate_due=''

# Sets is_rate_due and elapsed_us: the growth is taken over most of the least interval at least, since memory comes in
# steps, and between two of them it would seem to stand still.
time_rate() {
  is_rate_due=''
  ((now_us - rated_us < interval_ms_min * 750 && now_us >= rated_us)) && return
  is_rate_due=yes elapsed_us=$((now_us - rated_us)) rated_us=$now_us
}

# Judges the physical memory: of the host and of the cgroups above the core, whichever is worst; among equals, the one
# with the least headroom. Sets severity, ceiling (its number) and used.
judge_physical() {
  local number worst dir=none dir_used=''
  ceiling=$host used=$((mem_used > huge_kib ? mem_used - huge_kib : 0))
  ((ceiling_limits[host] == mem_total - huge_kib)) || set_host_ceiling
  assess "$host" "$used"
  worst=$severity
  for ((number = 2; number < ${#ceiling_dirs[@]}; number++)); do
    if [[ ${ceiling_dirs[number]} != "$dir" ]]; then
      dir=${ceiling_dirs[number]} dir_used=''
      ! read_use "$dir" || dir_used=$REPLY
    fi
    [[ -z $dir_used ]] || prefer_ceiling
  done
  severity=$worst
}

# Judges the ceiling `number`, and takes it where it is worse than the worst so far.
prefer_ceiling() {
  local headroom
  assess "$number" "$dir_used"
  headroom=$((ceiling_limits[number] - dir_used))
  if ((severity > worst || (severity == worst && headroom < ceiling_limits[ceiling] - used))); then
    worst=$severity ceiling=$number used=$dir_used
  fi
}

# Sets the ceiling of the host: what NSO could ever get. Huge pages stand in MemTotal, and are never NSO's.
set_host_ceiling() {
  set_ceiling "$host" physical $((mem_total - huge_kib))
  ceiling_names[host]=MemTotal
  ((huge_kib == 0)) || ceiling_names[host]=MemTotal-Hugetlb
}

# Fails where the kernel does not say what is allocated, or says nonsense.
judge_allocated() {
  if [[ -z $committed ]]; then
    say_once 'no commit' \
      "$proc_dir/meminfo has no CommitLimit and Committed_AS that can be true: committed memory is not judged"
    return 1
  fi
  ceiling=$commit used=$committed
  ((ceiling_limits[commit] == commit_limit)) || set_ceiling "$commit" allocated "$commit_limit"
  assess "$commit" "$used"
  # Where the commit limit is not in force nothing fails at it, and many hosts live beside it: no reason to hurry.
  [[ $overcommit_mode != [01] ]] || wait_ms=$interval_ms_max
}

# --------------------------------------------------------------------------------------------------------- log lines

# The severity last printed, by memory kind.
declare -A last_severity=([physical]=-1 [allocated]=-1)

# Prints the verdict on memory kind $1, named $2 in the line: at a full tick, and whenever it has changed. What is
# normal is printed only with -v.
print_verdict() {
  [[ $tick == full || $severity != "${last_severity[$1]}" ]] || return 0
  last_severity[$1]=$severity
  [[ $severity != 0 || -n $verbose ]] || return 0
  local limit=${ceiling_limits[ceiling]}
  if ((limit == 0)); then
    say_once "no ${ceiling_names[ceiling]}" "${ceiling_names[ceiling]} is 0 KB: $1 memory is not judged"
    return
  fi
  [[ -n $stamp ]] || update_stamp
  case $severity in
    0) add_verdict "$1.warning" '[MONITOR VERBOSE] [INFO]' "$2" "$used" "$ceiling" ;;
    1) add_verdict "$1.warning" '[MONITOR] [WARNING]' "$2" "$used" "$ceiling" ;;
    2) add_verdict "$1.critical" '[MONITOR] [CRIT]' "$2" "$used" "$ceiling" ;;
  esac
  ((severity == 0)) || print_now
}

# Adds a line to what is printed: limit $1, as "physical.warning", the tag $2, the name $3, and $4 KiB used of ceiling $5.
add_verdict() {
  printed+="$stamp $2 $3 $4 KB/${ceiling_limits[$5]} KB($((100 * $4 / ceiling_limits[$5]))%) ${verdict_words[severity]}\
 ${limit_percent[$1]}% of ${ceiling_names[$5]}"$'\n'
}
verdict_words=('is within' exceeded exceeded)

# Prints what waits, in one write: each wakes the agent. What is normal waits for the samples of its tick.
print_now() {
  [[ -z $printed ]] || printf '%s' "$printed"
  printed=''
}
printed=''

# News for the log: a process that appeared or is gone, a file that cannot be read.
say() {
  local REPLY
  [[ -n $stamp ]] || update_stamp
  visible "$1" 3900
  printed+="$stamp [TOOL] $REPLY"$'\n'
  print_now
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
  local used ceiling severity
  wait_ms=$interval_ms_max
  read_arc
  if ! read_meminfo; then
    say_once "$meminfo_problem" "$meminfo_problem"
    return 1
  fi
  [[ -z $committed ]] || ((committed <= committed_max)) || committed_max=$committed
  [[ -n $monitor ]] || return 0
  ! is_calm || return 0
  time_rate
  ! judge_allocated || print_verdict allocated Committed_AS
  judge_physical
  print_verdict physical 'Physical Memory Usage'
  # Near a limit nothing waits, nor what is news.
  [[ $tick == full && $wait_ms == "$interval_ms_max" ]] || print_now
}
committed_max=0

# Far from every limit, of a host alone, with nothing new to say: what most full ticks of a tool find, and put in its own
# words at once. Fails for all else, which measure_memory judges.
is_calm() {
  [[ $tick == full && ${#ceiling_dirs[@]} -eq 2 && -n $committed && -n $verbose &&
    ${last_severity[physical]}${last_severity[allocated]} == 00 ]] || return
  ((used = mem_used > huge_kib ? mem_used - huge_kib : 0, ceiling_limits[host] == mem_total - huge_kib &&
    ceiling_limits[commit] == commit_limit && used < calm_below[host] && committed < calm_below[commit])) || return
  [[ -n $stamp ]] || update_stamp
  severity=0
  add_verdict allocated.warning '[MONITOR VERBOSE] [INFO]' Committed_AS "$committed" "$commit"
  add_verdict physical.warning '[MONITOR VERBOSE] [INFO]' 'Physical Memory Usage' "$used" "$host"
}

full_tick() {
  local tick=full had_core=$core_pid
  measure_memory
  full_ticks=$((full_ticks + 1))
  read_last_pid
  verify
  discover
  if [[ -n $had_core && -z $core_pid && $without_core != stay ]]; then
    say 'NSO is down: measuring ends'
    finish
  fi
  measure_processes
  [[ $core_pid == "$had_core" && $((full_ticks % refresh_turns)) != 0 ]] || refresh_ceilings
}

fast_tick() {
  local tick=fast
  measure_memory
  ((${#unexamined[@]} == 0)) || discover_more
}

# Measures every NSO process: one [SAMPLE] line each with -v, and one row of its data file. Most were read by verify.
measure_processes() {
  local pid
  local -A children_text=() children_rss=() children_allocated=()
  row_rss=() row_allocated=() row_pids=()
  [[ ${#vm_of[@]} -eq 0 ]] || measure_children
  [[ -n $stamp ]] || update_stamp
  for pid in "${measured[@]}"; do
    if [[ -n ${rss_of[pid]-} ]] || note_sizes "$pid"; then
      [[ ${#vm_of[@]} -eq 0 || -z ${children_text[$pid]-} ]] || add_children
      [[ $data_wanted == none ]] || add_row "$pid"
      [[ -z $verbose ]] ||
        printed+="$stamp [SAMPLE] group=${role_of[pid]} pid=$pid rss_kib=${rss_of[pid]} allocated_kib=${allocated_of[pid]}\
 children=${children_text[$pid]-} name=${name_of[pid]}"$'\n'
    fi
  done
  print_now
  [[ $data_wanted == none ]] || write_data
}

# Keeps the sizes of process $1, which is measured for the first time, or says that it cannot.
note_sizes() {
  keep_sizes "$1" && return
  say_once "status $1" "cannot read the memory of $proc_dir/$1, ${name_of[$1]}: it is not measured"
  return 1
}

# Puts the sizes of process $1 into rss_of and allocated_of.
keep_sizes() {
  local rss_kib allocated_kib
  read_sizes "$1" || return 1
  rss_of[$1]=$rss_kib allocated_of[$1]=$allocated_kib
}

# Adds up the children of each Python VM, by its PID.
measure_children() {
  local vm text
  for pid in "${!vm_of[@]}"; do
    if [[ -n ${rss_of[pid]-} ]] || keep_sizes "$pid"; then
      vm=${vm_of[pid]}
      children_rss[$vm]=$((${children_rss[$vm]-0} + rss_of[pid]))
      children_allocated[$vm]=$((${children_allocated[$vm]-0} + allocated_of[pid]))
      # The line must stay under 4096 characters: with very many children only the sums hold the rest.
      text=${children_text[$vm]-}
      ((${#text} > 3500)) || children_text[$vm]=${text:+$text,}$pid:${rss_of[pid]}:${allocated_of[pid]}
    fi
  done
}

# Counts the children of the Python VM `pid` to it.
add_children() {
  rss_of[pid]=$((rss_of[pid] + ${children_rss[$pid]}))
  allocated_of[pid]=$((allocated_of[pid] + ${children_allocated[$pid]}))
}

# --------------------------------------------------------------------------------------------------------- data files

# One row a tick and file: HH:MM:SS RSS ALLOCATED Committed_AS CommitLimit MemUsed MemTotal [PID], all in KiB, for
# gnuplot scripts of the inherited form: MemTotal is all of it, with the huge pages, which count as used here. What is
# not known is 0. Two processes of one name share a row.
data_files=() row_rss=() row_allocated=() row_pids=()

# Keeps an earlier run's data: it is moved aside.
open_data() {
  data_dir=$start_dir/data
  if [[ -e $data_dir ]]; then
    local time
    printf -v time '%(%Y%m%dT%H%M%S)T' -1
    # Into what exists already, mv would move instead of onto it.
    { [[ ! -e $data_dir.$time ]] && mv -- "$data_dir" "$data_dir.$time"; } ||
      fail 1 "cannot move $data_dir aside to $data_dir.$time"
  fi
  mkdir -p -- "$data_dir/ncs.smp" "$data_dir/NcsJVMLauncher" "$data_dir/python3" || fail 1 "cannot make $data_dir"
  data_files=(
    "$data_dir/ncs.smp/mem_ncs.smp.log"
    "$data_dir/NcsJVMLauncher/mem_NcsJVMLauncher.log"
    "$data_dir/python3/mem_total.log"
  )
}

# The process just measured goes into the row of its file.
add_row() {
  case ${role_of[$1]} in
    core) add_to_row "${data_files[0]}" "$1" ;;
    javavm) add_to_row "${data_files[1]}" "$1" ;;
    pythonvm)
      local name=${name_of[$1]//\//_}
      name=${name:0:200} # bytes: file systems take 255
      [[ $name != total ]] || name=total_ # mem_total.log is the sum
      add_to_row "$data_dir/python3/mem_$name.log" "$1"
      add_to_row "${data_files[2]}" ''
      ;;
  esac
}

add_to_row() {
  local index=0
  while ((index < ${#data_files[@]})) && [[ ${data_files[index]} != "$1" ]]; do
    index=$((index + 1))
  done
  data_files[index]=$1
  row_rss[index]=$((${row_rss[index]-0} + rss_of[pid]))
  row_allocated[index]=$((${row_allocated[index]-0} + allocated_of[pid]))
  row_pids[index]=${row_pids[index]-$2}
}

# Appends this tick to every data file; a process that is absent has 0 0.
write_data() {
  local index
  for index in "${!data_files[@]}"; do
    printf '%s %d %d %d %d %d %d%s\n' "$clock_time" "${row_rss[index]-0}" "${row_allocated[index]-0}" "${committed:-0}" \
      "${commit_limit:-0}" "$mem_used" "$mem_total" "${row_pids[index]:+ ${row_pids[index]}}" \
      2>&"$null" >>"${data_files[index]}" || say_once "data $index" "cannot write to ${data_files[index]}"
  done
}

# ---------------------------------------------------------------------------------------------------------- the whole

# Ends the run: alone, with a summary. From here on processes may be started. A signal calls this in the middle of a
# pause, so it must not `read` or `mapfile`: bash 5.2 would still honour that pause's time-out, and abort.
finish() {
  trap - INT TERM HUP
  cd -- "$start_dir" || exit 1
  [[ $data_wanted == none ]] || summarise
  exit 0
}

summarise() {
  local name advised='' nsomem=${NSOMEM_BINARY:-nsomem}
  strict_advice
  printf '\n%s\n' "$REPLY"
  commit_use
  printf '%s\n' "$REPLY"
  for name in "${had_children[@]}"; do
    if [[ $advised != *"<$name>"* ]]; then # else of a VM that was started again
      advised+="<$name>"
      printf 'Python VM "%s" had child processes: change its callpoint-model from multiprocessing to threading.\n' "$name"
    fi
  done
  visible "$data_dir" 4000
  printf 'The data is in %s\n' "$REPLY"
  if command -v -- "$nsomem" >/dev/null; then
    "$nsomem" graph --data ./data --out ./graphs ${verbose:+--verbose}
  else
    printf 'Graphs and statistics: nsomem graph --data ./data --out ./graphs --verbose\n'
  fi
}

# In REPLY what to set for strict overcommit: the ratio of NSO's guide, or why that would do harm here. The same rule, with
# its reasons, is in core/overcommit.ts.
strict_advice() {
  local ratio=95 limit need
  ((swap_kib == 0)) || ratio=$((mem_total > swap_kib ? 100 * (mem_total - swap_kib) / mem_total - 5 : 1))
  ((ratio >= 1)) || ratio=1
  limit=$((ram_kib * ratio / 100 + swap_kib))
  need=$(((${committed:-0} * 110 + 99) / 100))
  if ((${committed:-0} == 0)); then
    REPLY='Strict overcommit is not recommended: how much is committed is not known here.'
  elif ((need > limit)); then
    REPLY="Strict overcommit is not recommended as the host is: $committed KB are committed, with 10% of buffer $need KB, and"
    REPLY+=" the guide's vm.overcommit_ratio $ratio makes a CommitLimit of $limit KB: memory would be refused at once."
  else
    REPLY="NSO's guide recommends strict overcommit: vm.overcommit_memory = 2 and vm.overcommit_ratio = $ratio, a CommitLimit"
    REPLY+=" of $limit KB. Set both in /etc/sysctl.d/90-nso.conf, then run \"sysctl --system\"."
  fi
}

# In REPLY what was committed at most; and the original's CommitLimit for it, which says nothing before a day is over.
commit_use() {
  local ratio=0
  REPLY="For information: Committed_AS reached $committed_max KB in $SECONDS s"
  if ((SECONDS < 86400)); then
    REPLY+=', which is too short to say what this host needs.'
    return
  fi
  ((ram_kib <= 0 || committed_max <= swap_kib)) || ratio=$(((100 * (committed_max - swap_kib) + ram_kib - 1) / ram_kib))
  REPLY+=". As CommitLimit, add some buffer: vm.overcommit_ratio = 100 (CommitLimit - swap) / (RAM - huge pages) = $ratio"
  REPLY+=' without it. It is what was used so far, not what will be needed.'
}

# Sets what the ratio needs: swap_kib, and ram_kib without the huge pages.
read_swap_and_ram() {
  local lines=()
  mapfile -t lines 2>&"$null" <meminfo
  swap_kib=0
  ! field SwapTotal: || swap_kib=$REPLY
  ram_kib=$((mem_total - huge_kib))
}

# Ends the tool when there is no NSO to measure, or more than one.
require_core() {
  [[ -z $core_pid && $without_core != stay ]] || return 0
  local looked_for='looked for ncs.smp, beam.smp, ncs or beam with "-boot ncs"'
  if [[ -n $pinned_pid ]]; then
    fail 4 "NSOMEM_CORE_PID is $pinned_pid, which is not a running NSO core: $looked_for"
  elif ((${#candidates[@]} > 1)); then
    describe_candidates
    fail 4 "several NSO cores: $REPLY; set NSOMEM_CORE_PID to choose one"
  fi
  fail 4 "no NSO core in $proc_dir: $looked_for"
}

main_loop() {
  update_clock
  full_due_us=$now_us end_us=${duration_us:+$((now_us + duration_us))}
  while [[ -z $end_us ]] || ((now_us < end_us)); do
    if ((now_us >= full_due_us)); then
      tick_due_us=$full_due_us
      full_tick
      plan_full_tick
    else
      fast_tick
    fi
    stamp=''
    # The rest of what is listed is soon examined.
    ((${#unexamined[@]} == 0 || wait_ms <= 50)) || wait_ms=50
    tick_due_us=$((tick_due_us + wait_ms * 1000))
    update_clock
    settle_deadlines
    wait_until "$tick_due_us" || exit 0
  done
}

# The next full tick, leaving out those that were missed while this one was made.
plan_full_tick() {
  local interval_us=$((interval_ms_max * 1000))
  update_clock
  full_due_us=$((full_due_us + interval_us))
  ((full_due_us > now_us)) || full_due_us=$((full_due_us + ((now_us - full_due_us) / interval_us + 1) * interval_us))
}

# Keeps deadlines near when the time of day was set back. A full tick that came due during a fast one stays due.
settle_deadlines() {
  local interval_us=$((interval_ms_max * 1000))
  ((full_due_us <= now_us + interval_us)) || full_due_us=$((now_us + interval_us))
  ((tick_due_us < full_due_us)) || tick_due_us=$full_due_us
  # However late, it waits a little: only a wait sees the end of file.
  ((tick_due_us > now_us + 1000)) || tick_due_us=$((now_us + 1000))
}

main() {
  LC_ALL=C # bytes, not characters: faster, and the same everywhere
  ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404)) || fail 1 "bash $BASH_VERSION is too old; 4.4 is needed"
  parse_arguments "$@"
  read_settings
  exec {null}<>/dev/null
  trap 'exit 0' INT TERM HUP
  open_wait_fd
  start_dir=$PWD
  cd -- "$proc_dir" || exit 1
  proc_dir=$PWD
  read_meminfo || fail 1 "$meminfo_problem"
  read_swap_and_ram
  read_page_size
  read_boot_age
  read_own_mounts
  # Alone it must know at once whether there is a core; the agent waits for readings, and knows its core already.
  [[ $without_core != stay ]] || examined_max=$slice_max
  discover
  require_core
  examined_max=$slice_max
  [[ $data_wanted == none ]] || open_data
  refresh_ceilings
  trap finish INT TERM HUP
  main_loop
  finish
}

main "$@"
