/** One line of the inherited data files (facts 1.1): `HH:MM:SS RSS ALLOC Committed_AS CommitLimit MemUsed MemTotal [PID]`. */

/** Memory in KiB. A process that was absent has 0 and 0. */
export interface DataRow {
  /** Seconds since midnight by the wall clock. */
  clockSeconds: number;
  rssKib: number;
  allocatedKib: number;
  committedKib: number;
  commitLimitKib: number;
  memUsedKib: number;
  memTotalKib: number;
  pid?: number | undefined;
}

const clockForm = String.raw`(\d{1,2}):(\d\d):(\d\d)`;
const form = new RegExp(
  String.raw`^\s*${clockForm}${String.raw`\s+(\d{1,15})`.repeat(6)}(?:\s+(\d{1,10}))?\s*$`,
);

/** Undefined when the line is not of this form. */
export function parseDataLine(line: string): DataRow | undefined {
  const match = form.exec(line);
  if (!match) return undefined;
  const [, hour, minute, second, rss, allocated, committed, commitLimit, memUsed, memTotal, pid] = match;
  const clockSeconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  return {
    clockSeconds,
    rssKib: Number(rss),
    allocatedKib: Number(allocated),
    committedKib: Number(committed),
    commitLimitKib: Number(commitLimit),
    memUsedKib: Number(memUsed),
    memTotalKib: Number(memTotal),
    ...(pid === undefined ? {} : { pid: Number(pid) }),
  };
}

/** The line without its newline. */
export function formatDataLine(row: DataRow): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const { clockSeconds: seconds } = row;
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(":");
  const values = [
    row.rssKib,
    row.allocatedKib,
    row.committedKib,
    row.commitLimitKib,
    row.memUsedKib,
    row.memTotalKib,
  ];
  return [clock, ...values.map(Math.round), ...(row.pid === undefined ? [] : [row.pid])].join(" ");
}
