/** What the agent says, in one place: to the operator, to agent.log and, for what it does, to action.log. */

import { dirname } from "node:path";
import { type LogFormat, logLine, type Tone } from "../core/log-line.ts";
import type { Lanes } from "./lane.ts";
import type { Paths } from "./paths.ts";
import { openRotatingLog, type RotatingLog, type RotatingLogOptions } from "./rotating-log.ts";
import type { Syslog } from "./syslog.ts";

export type { Tone } from "../core/log-line.ts";

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

interface Bounds extends Pick<RotatingLogOptions, "bytesMax" | "keep" | "gatherMs" | "lookAfterMs"> {}

/** Each call costs the agent's thread 0.1 ms: the lines of one tick are written together, and it is looked for rarely. */
const tool: Bounds = { bytesMax: 16 * 1024 * 1024, keep: 4, gatherMs: 25, lookAfterMs: 5000 };
const own: Bounds = { bytesMax: 4 * 1024 * 1024, keep: 4 };

export interface JournalOptions {
  lanes: Lanes;
  wallMs: () => number;
  /** Of agent.log and action.log; monitor.log is the tool's, and decisions.log a table. */
  format?: LogFormat;
  /** Gets all news too. */
  syslog?: Syslog | undefined;
}

/** The logs below `paths.logs`, written beside this thread. `show` puts a line before the operator's eyes. */
export function openJournal(
  paths: Pick<Paths, "monitorLog" | "actionLog" | "decisionsLog" | "agentLog">,
  { lanes, wallMs, format = "text", syslog }: JournalOptions,
  show: (text: string, tone: Tone) => void,
): Journal {
  const open = (path: string, bounds: Bounds) =>
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
  const say = (text: string, tone: Tone = "info") => {
    const entry = { atMs: wallMs(), tone, text };
    agentLog.write(logLine(entry, format));
    syslog?.write(entry);
    show(text, tone);
  };
  return {
    say,
    action(text, tone = "info") {
      actionLog.write(logLine({ atMs: wallMs(), tone, text }, format));
      say(text, tone);
    },
    decision: (row) => decisionsLog.write(row),
    monitor: (line) => monitorLog.write(line),
    problems: () => [
      ...Object.entries(logs).flatMap(([name, log]) => problemOf(log, name)),
      ...(syslog?.problems() ?? []),
    ],
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
