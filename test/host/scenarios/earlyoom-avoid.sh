# shellcheck shell=bash disable=SC2154
# title: earlyoom beside nsomem, with the options that doctor names; without them earlyoom is the control
# guest: shared
# seconds: 240
# claim named: doctor names the options
# claim quiet: with them neither doctor nor status warns of it
# claim dump: the dump is whole
# claim spared: earlyoom ran with them, and sent no signal

nso_start
core=$(core_pid)
systemctl start earlyoom
options=$(nsomem doctor | grep -oE -- "-m [0-9]+,[0-9]+ --avoid '[^']*'")
claim named "$options" test -n "$options"
usual=$(</etc/default/earlyoom)
printf 'EARLYOOM_ARGS="%s"\n' "$options" >/etc/default/earlyoom
systemctl restart earlyoom
nsomem service install
wait_for 90 follows "$core"
# It is looked for a second after the core was found.
sleep 3
quiet() { not grep -q earlyoom "$status" && nsomem doctor --all | grep -q '^ok *other OOM daemons'; }
claim quiet "$(nsomem doctor --all | grep -A1 'other OOM daemons')" quiet
core-say grow table 500 1050
core-say grow table 30 400
wait_for 60 step verdict
claim dump "$(fact verdict word), $(dump_bytes) bytes, on $(fact critical ceiling)" dump_whole
log() { journalctl -q -o cat -u earlyoom; }
spared() { log | grep -q 'sending SIGTERM when mem.*4.00%' && not grep -q 'sending SIG.* to process' <(log); }
claim spared "$(tr '\0' ' ' <"/proc/$(pgrep -x earlyoom)/cmdline"); $(log | grep -iE 'avoid|SIGTERM|to process' | head -n 3)" spared
printf '%s\n' "$usual" >/etc/default/earlyoom
