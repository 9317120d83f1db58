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
  const clockSeconds = clockOfBytes(bytes, { from, to });
  if (clockSeconds === undefined) return false;
  const count = numbersInto(numbers, bytes, from + clockBytes, to);
  if (count !== numbers.length && count !== numbers.length - 1) return false;
  row.clockSeconds = clockSeconds;
  row.rssKib = numbers[0] ?? 0;
  row.allocatedKib = numbers[1] ?? 0;
  row.committedKib = numbers[2] ?? 0;
  row.commitLimitKib = numbers[3] ?? 0;
  row.memUsedKib = numbers[4] ?? 0;
  row.memTotalKib = numbers[5] ?? 0;
  row.pid = count === numbers.length ? (numbers[6] ?? 0) : 0;
  return true;
}

/** The six sizes and the PID of the line being read. */
const numbers = new Float64Array(7);
const pidPlace = 6;
const digitsMax = 15;
const pidDigitsMax = 10;

/** The time of day that the line begins with; undefined where it is not as plot.sh writes it. */
export function clockOfBytes(bytes: Uint8Array, { from, to }: LineSpan): number | undefined {
  if (to - from < clockBytes || bytes[from + 2] !== colon || bytes[from + 5] !== colon) return undefined;
  const hour = pairAt(bytes, from);
  const minute = pairAt(bytes, from + 3);
  const second = pairAt(bytes, from + 6);
  return hour <= 23 && minute <= 59 && second <= 60 ? hour * 3600 + minute * 60 + second : undefined;
}

/** Of a line in a piece of a file: its first byte, and the one after its last. */
export interface LineSpan {
  from: number;
  to: number;
}

const clockBytes = "HH:MM:SS".length;
const [colon, space, zero] = [58, 32, 48];
/** More than any two digits. */
const noPair = 100;

/** Two digits as a number. */
function pairAt(bytes: Uint8Array, from: number): number {
  const tens = (bytes[from] ?? 0) - zero;
  const ones = (bytes[from + 1] ?? 0) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : noPair;
}

/**
 * The numbers from `at` up to `to`, each after one space. How many there are; -1 where there is anything else, or more
 * than fit. One loop for all of them: with a function for each, reading the files took 7 % longer.
 */
function numbersInto(into: Float64Array, bytes: Uint8Array, at: number, to: number): number {
  let count = 0;
  let next = at;
  while (next < to) {
    if (bytes[next] !== space || count === into.length) return -1;
    const first = ++next;
    let value = 0;
    for (; next < to; next++) {
      const digit = (bytes[next] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (next === first || next - first > (count === pidPlace ? pidDigitsMax : digitsMax)) return -1;
    into[count++] = value;
  }
  return count;
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
