/** Who ended a core: what the journal says of it. */

/** One line of the journal: which program wrote it, and what. */
export interface JournalLine {
  program: string;
  text: string;
}

/** Who sent the signal, and the line that says so. */
export interface Ender {
  who: "the OOM killer" | "systemd" | "systemd-oomd" | "earlyoom";
  line: string;
}

export interface EndedCore {
  pid: number;
  /** Of its unit, and of its cgroup; undefined where it has none. */
  unit: string | undefined;
  cgroupPath: string | undefined;
}

/** Of lines since shortly before its end; undefined where none says that somebody ended it. */
export function enderIn(lines: readonly JournalLine[], core: EndedCore): Ender | undefined {
  const of = (program: string, matches: (text: string) => boolean) =>
    lines.findLast((line) => line.program === program && matches(line.text))?.text;
  const early = of("earlyoom", (text) => sendsTo(text, core.pid));
  if (early !== undefined) return { who: "earlyoom", line: early };
  const oomd =
    of("systemd-oomd", (text) => isKillOf(text, core.cgroupPath)) ??
    of("systemd", (text) => /systemd-oomd killed \d+ process/.test(text));
  if (oomd !== undefined) return { who: "systemd-oomd", line: oomd };
  const kill = of("systemd", (text) => text.includes(`Killing process ${core.pid} (`));
  if (kill === undefined) return undefined;
  const reason = of("systemd", (text) => /killed by the OOM killer/.test(text));
  return { who: "systemd", line: reason === undefined ? kill : `${reason} ${kill}` };
}

/** `sending SIGTERM to process 148 uid 999 "ncs.smp": badness 1200, VmRSS 1080 MiB`; older ones without the uid. */
function sendsTo(text: string, pid: number): boolean {
  return new RegExp(`^sending SIG(TERM|KILL) to process ${pid}\\b`).test(text);
}

/** `Killed /system.slice/ncs.service due to memory pressure for /system.slice being …` */
function isKillOf(text: string, cgroupPath: string | undefined): boolean {
  const killed = /^Killed (\S+) due to /.exec(text)?.[1];
  return killed !== undefined && cgroupPath !== undefined && `${cgroupPath}/`.startsWith(`${killed}/`);
}

/** Behind a sentence about the end. */
export function enderWords({ who, line }: Ender): string {
  return who === "the OOM killer" ? `the OOM killer struck: ${line}` : `${who} ended it: ${line}`;
}
