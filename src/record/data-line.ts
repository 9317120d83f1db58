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

/** Undefined when the line is not of this form. `parseDataBytes` reads the usual ones ten times as fast. */
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

/** What `parseDataBytes` sets. */
export type DataBytesRow = Required<DataRow>;

/** Before the first line. */
export function emptyDataRow(): DataBytesRow {
  return {
    ...{ clockSeconds: 0, rssKib: 0, allocatedKib: 0, committedKib: 0 },
    ...{ commitLimitKib: 0, memUsedKib: 0, memTotalKib: 0, pid: 0 },
  };
}

/**
 * The line at `from` up to `to` into `row`, whose PID is 0 where the line has none; false where it is not as plot.sh
 * writes it, with one space between numbers of at most 15 digits: `parseDataLine` decides about those.
 */
export function parseDataBytes(bytes: Uint8Array, { from, to }: LineSpan, row: DataBytesRow): boolean {
  if (to - from < clockBytes || bytes[from + 2] !== colon || bytes[from + 5] !== colon) return false;
  const hour = pairAt(bytes, from);
  const minute = pairAt(bytes, from + 3);
  const second = pairAt(bytes, from + 6);
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return false;
  row.clockSeconds = hour * 3600 + minute * 60 + second;
  row.pid = 0;
  let at = from + clockBytes;
  for (const name of numbers) {
    if (at === to) return name === "pid";
    if (bytes[at++] !== space) return false;
    const first = at;
    let value = 0;
    for (let digit = (bytes[at] ?? 0) - zero; at < to && digit >= 0 && digit <= 9; ) {
      value = value * 10 + digit;
      digit = (bytes[++at] ?? 0) - zero;
    }
    const digits = at - first;
    if (digits === 0 || digits > (name === "pid" ? 10 : 15)) return false;
    row[name] = value;
  }
  return at === to;
}

/** Of a line in a piece of a file: its first byte, and the one after its last. */
export interface LineSpan {
  from: number;
  to: number;
}

const clockBytes = "HH:MM:SS".length;
const [colon, space, zero] = [58, 32, 48];
const numbers = [
  ...["rssKib", "allocatedKib", "committedKib", "commitLimitKib", "memUsedKib", "memTotalKib"],
  "pid",
] as readonly Exclude<keyof DataRow, "clockSeconds">[];

/** Two digits as a number; NaN for anything else. */
function pairAt(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero;
  const ones = (bytes[at + 1] ?? 0) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
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
