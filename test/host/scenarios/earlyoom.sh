# shellcheck shell=bash disable=SC2154
# title: earlyoom beside nsomem
# guest: shared
# seconds: 240
# claim said: start and status say that earlyoom comes first, and with which options it does not
# claim control: with its defaults earlyoom ends NSO at the moment of the warning, and there is no crash dump
# claim children: it takes NSO's core first, and no child of nsomem's
# claim named: the log and the incident name earlyoom

sent() { journalctl -q -o cat -u "$1" | grep 'sending SIG.* to process'; }

nso_start
core=$(core_pid)
systemctl start earlyoom
nsomem start --daemon --wait >/run/start.out 2>&1
wait_for 20 grep -q 'earlyoom' "$status"
is_said() { grep -q -- '-m 4,2 --avoid' /run/start.out && grep -q -- '-m 4,2 --avoid' "$status"; }
claim said "$(grep -o 'warning: .*' /run/start.out)" is_said
core-say grow table 500 1050
core-say grow table 30 300
wait_for 60 ended "$core"
taken_without_dump() { sent earlyoom | grep -q "to process $core " && not dump_there; }
claim control "$(sent earlyoom | tail -n 1); $(dump_bytes) bytes" taken_without_dump
core_first() { sent earlyoom | head -n 1 | grep -q "to process $core "; }
claim children "$(sent earlyoom | head -n 1)" core_first
wait_for 30 step ended-by
is_named() { step ended-by | grep -q earlyoom && actions | grep -q 'earlyoom ended it'; }
claim named "$(step ended-by)" is_named
