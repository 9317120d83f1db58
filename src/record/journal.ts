/** What the agent says, in one place: to the operator, to agent.log and, for what it does, to action.log. */

import { dirname } from "node:path";
import { formatTime } from "../core/units.ts";
import type { Lanes } from "./lane.ts";
import type { Paths } from "./paths.ts";
import { openRotatingLog, type RotatingLog } from "./rotating-log.ts";

export type Tone = "info" | "warning" | "error";

export interface Journal {
  /** News for the operator and agent.log. */
  say(text: string, tone?: Tone): void;
  /** What is done, or decided: action.log as well. */
  action(text: string, tone?: Tone): void;
  /** A row of the table of decisions. */
  decision(row: string): void;
  /** A line of the tool, as it came. */
  monitor(line: string): void;
  /** What of the logs could not be written, for the status. */
  problems(): string[];
  /** Waits until all is written, at most `msMax`. False: something is left. */
  close(msMax: number): Promise<boolean>;
}

const tool = { bytesMax: 16 * 1024 * 1024, keep: 4 };
const own = { bytesMax: 4 * 1024 * 1024, keep: 4 };

/** The logs below `paths.logs`, written beside this thread. `show` puts a line before the operator's eyes. */
export function openJournal(
  paths: Pick<Paths, "monitorLog" | "actionLog" | "decisionsLog" | "agentLog">,
  { lanes, wallMs }: { lanes: Lanes; wallMs: () => number },
  show: (text: string, tone: Tone) => void,
): Journal {
  const open = (path: string, bounds: typeof own) =>
    openRotatingLog({ path, lane: lanes.of(dirname(path)), ...bounds });
  const monitorLog = open(paths.monitorLog, tool);
  const actionLog = open(paths.actionLog, own);
  const decisionsLog = open(paths.decisionsLog, own);
  const agentLog = open(paths.agentLog, own);
  const logs = {
    "monitor.log": monitorLog,
    "action.log": actionLog,
    "decisions.log": decisionsLog,
    "agent.log": agentLog,
  };
  const stamped = (text: string, tone: Tone) => `${formatTime(wallMs())} [${tone.toUpperCase()}] ${text}`;
  const say = (text: string, tone: Tone = "info") => {
    agentLog.write(stamped(text, tone));
    show(text, tone);
  };
  return {
    say,
    action(text, tone = "info") {
      actionLog.write(stamped(text, tone));
      say(text, tone);
    },
    decision: (row) => decisionsLog.write(row),
    monitor: (line) => monitorLog.write(line),
    problems: () => Object.entries(logs).flatMap(([name, log]) => problemOf(log, name)),
    async close(msMax) {
      const done = await Promise.all(Object.values(logs).map((log) => log.close(msMax)));
      return done.every((isDone) => isDone);
    },
  };
}

function problemOf(log: RotatingLog, name: string): string[] {
  const waiting = log.waiting();
  const lines = log.lost() + (waiting?.lines ?? 0);
  if (lines === 0) return [];
  const kept = waiting ? `; ${waiting.lines} of them wait in memory: ${waiting.reason}` : "";
  return [`${name}: ${lines} lines could not be written${kept}`];
}
