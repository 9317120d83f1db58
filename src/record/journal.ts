/** What the agent says, in one place: to the operator, to agent.log and, for what it does, to action.log. */

import { formatTime } from "../core/units.ts";
import type { Paths } from "./paths.ts";
import { openRotatingLog } from "./rotating-log.ts";

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
  close(): void;
}

const tool = { bytesMax: 16 * 1024 * 1024, keep: 4 };
const own = { bytesMax: 4 * 1024 * 1024, keep: 4 };

/** Opens the logs below `paths.logs`. `show` puts a line before the operator's eyes. */
export function openJournal(
  paths: Pick<Paths, "monitorLog" | "actionLog" | "decisionsLog" | "agentLog">,
  wallMs: () => number,
  show: (text: string, tone: Tone) => void,
): Journal {
  const monitorLog = openRotatingLog({ path: paths.monitorLog, ...tool });
  const actionLog = openRotatingLog({ path: paths.actionLog, ...own });
  const decisionsLog = openRotatingLog({ path: paths.decisionsLog, ...own });
  const agentLog = openRotatingLog({ path: paths.agentLog, ...own });
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
    problems: () =>
      Object.entries(logs).flatMap(([name, log]) =>
        log.lost() > 0 ? [`${name}: ${log.lost()} lines could not be written`] : [],
      ),
    close() {
      for (const log of Object.values(logs)) log.close();
    },
  };
}
