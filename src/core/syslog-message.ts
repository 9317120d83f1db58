/** A message for the local syslog daemon, as syslog(3) of the C library sends it. See RFC 3164. */

import { type LogEntry, severities } from "./log-line.ts";
import { shownText } from "./shown.ts";

/** LOG_DAEMON. */
const facility = 3;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/** Less than rsyslog's 8 KiB and syslog-ng's, in UTF-8. */
const textLengthMax = 2000;

/** `<30>Nov 28 23:51:06 nsomem[4242]: text`, in the time of this process's zone, which is the daemon's too. On one line. */
export function syslogMessage({ atMs, tone, text }: LogEntry, pid: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = String(at.getDate()).padStart(2, " ");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const line = shownText(text, { lengthMax: textLengthMax }).replaceAll(/\s*\n\s*/g, " / ");
  const priority = facility * 8 + severities[tone];
  return `<${priority}>${months[at.getMonth()]} ${day} ${time} nsomem[${pid}]: ${line.slice(0, textLengthMax)}`;
}
