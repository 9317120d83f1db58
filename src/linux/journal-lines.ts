/** What systemd's journal says about the end of a core. By a child: after the end, never before a signal. */

import type { JournalLine } from "../core/ender.ts";
import { isRecord } from "../core/fact.ts";
import { shown } from "../core/shown.ts";
import { findSystemCommand, runSystemCommand } from "./system-command.ts";

const answerMsMax = 5000;
/** The journal takes a line in some ms, and a daemon may write it after the kill. */
const delayMs = 300;
const linesMax = 200;
const lineLengthMax = 500;

/**
 * Lines of the daemons that kill, and of systemd about `unit`, since `sinceMs` (epoch), oldest first; none where there is no
 * journal, or it may not be read. Never rejects.
 */
export async function readJournalLines(
  { sinceMs, unit }: { sinceMs: number; unit: string | undefined },
  stop?: AbortSignal,
): Promise<JournalLine[]> {
  if (!isThere()) return [];
  await Bun.sleep(delayMs);
  const about = [
    "_COMM=earlyoom",
    "+",
    "_COMM=systemd-oomd",
    ...(unit ? ["+", "_PID=1", `UNIT=${unit}`] : []),
  ];
  const since = `--since=@${Math.floor(sinceMs / 1000)}`;
  const form = ["--quiet", "--no-pager", "--output=json", "--output-fields=MESSAGE,_COMM"];
  const said = await runSystemCommand(["journalctl", ...form, since, `--lines=${linesMax}`, ...about], {
    timeoutMs: answerMsMax,
    ...(stop ? { stop } : {}),
  });
  return "failure" in said ? [] : said.text.split("\n").flatMap((line) => parseLine(line) ?? []);
}

function isThere(): boolean {
  try {
    return findSystemCommand("journalctl") !== undefined;
  } catch {
    return false;
  }
}

function parseLine(line: string): JournalLine | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (!isRecord(entry)) return undefined;
    const { MESSAGE: text, _COMM: program } = entry;
    if (typeof text !== "string" || typeof program !== "string") return undefined;
    return { program, text: shown(text, lineLengthMax) };
  } catch {
    return undefined;
  }
}
