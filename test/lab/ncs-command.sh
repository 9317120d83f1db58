#!/usr/bin/env bash
# Stand-in for NSO's `ncs` command (not NSO): `ncs --debug-dump FILE [--collect-timeout S] [--compress]`, behaving as
# the file `behaviour` beside it says. Each call is noted in `calls` beside it. Source of the exit codes: facts 3.5.
set -u
here=$(dirname -- "$0")
# Its own view of itself, which no test of dumps counts.
[[ ${1-} != --status ]] || { echo "vsn: lab stand-in, not NSO" && exit 0; }
printf '%s\n' "$*" >>"$here/calls"

file='' compress=
while (($#)); do
  case $1 in
    --debug-dump) file=${2-} && shift ;;
    --collect-timeout) shift ;;
    --compress) compress=1 ;;
    *) echo "ncs (stand-in): unknown argument $1" >&2 && exit 1 ;;
  esac
  shift
done
[[ $file ]] || { echo "ncs (stand-in): only --debug-dump FILE" >&2 && exit 1; }
[[ ! $compress ]] || file=$file.gz

read -r behaviour seconds <"$here/behaviour"
case $behaviour in
  ok) ;;
  slow) sleep "$seconds" ;;
  unreachable) echo "could not connect to NCS" >&2 && exit 2 ;;
  timeout) echo "timed out" >&2 && exit 3 ;;
  empty) : >"$file" && exit 0 ;;
  missing) exit 0 ;;
  hang) exec sleep 600 ;;
  *) echo "ncs (stand-in): unknown behaviour $behaviour" >&2 && exit 1 ;;
esac
printf 'debug dump of the lab stand-in, not NSO\n' >"$file"
