#!/bin/bash
# Stand-in for NSO's `ncs` (not NSO): --version, --status, and --debug-dump FILE.
case ${1-} in
  --version) echo 6.4 ;;
  --status) echo "vsn: host lab stand-in, not NSO" ;;
  --debug-dump) echo "debug dump of the host lab's stand-in, not NSO" >"$2" ;;
  *) exit 1 ;;
esac
