/** What the agent says, to the syslog daemon of this host as well: [log] syslog = true. */

import type { LogEntry } from "../core/log-line.ts";
import { syslogMessage } from "../core/syslog-message.ts";
import { addressOf, datagramsTo } from "../linux/unix-datagram.ts";

export interface Syslog {
  /** Never waits: what the daemon does not take now is lost, and counted. */
  write(entry: LogEntry): void;
  /** For the status. */
  problems(): string[];
}

const usualSocket = "/dev/log";

export function openSyslog(path = usualSocket): Syslog {
  const address = addressOf(path);
  const send = address && datagramsTo(address);
  let lost = 0;
  return {
    write(entry) {
      if (!send?.(syslogMessage(entry, process.pid))) lost++;
    },
    problems: () => (lost === 0 ? [] : [`syslog: ${lost} lines were not taken by ${path}`]),
  };
}
