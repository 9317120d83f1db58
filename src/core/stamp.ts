/** What stands before a line: the time at which its tool says that it wrote it, in the form of any locale. */

import { findDate, type StampDate } from "./stamp-date.ts";
import { zoneOf } from "./zone-name.ts";

/**
 * `clock` is a time of day alone, in seconds. `unknown`: there is a stamp, and it cannot be told which moment it
 * names; such a line is never taken for a new one. `none`: nothing that could be one.
 */
export type Stamp =
  | { kind: "moment"; atMs: number }
  | { kind: "clock"; clockSeconds: number }
  | { kind: "unknown" }
  | { kind: "none" };

const unknown = { kind: "unknown" } as const;
/** ISO 8601, also with the nine decimals of `docker logs --timestamps` and of Kubernetes. */
const isoForm =
  /(?<!\d)(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)?(?![\d:])/;
/** In French and Japanese words, or with points, which needs a date beside it. The last one counts. */
const clockForms = [
  /(?<![\d:])(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?![\d:])/g,
  /(?<!\d)(\d{1,2}) ?[時时시h] ?(\d\d) ?(?:[分분m]|min) ?(\d\d) ?[秒초s]()/gu,
  /(?<![\d.])(\d{1,2})\.(\d\d)\.(\d\d)()(?![\d.])/g,
];
const halfAfter = /^[\s,]*(?:([ap])\.? ?m\b\.?|(πμ|π\.μ\.|öö|fm|de\.)|(μμ|μ\.μ\.|ös|em|du\.))(?!\p{L})/iu;
const halfBefore = /(?:(上午|午前|오전)|(下午|午後|오후))\s*$/u;
const zoneForm = /^[\s,]*((?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?(?!\d)|[A-Z]{1,5}(?![\w-]))/;
/** Numbers that are no part of a time: IPv4 addresses, `plot.sh[123]`, a syslog priority, a host such as `nso-1`. */
const noTimes = [
  /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\d.])/g,
  /\[\d{1,7}\]|^<\d{1,3}>/g,
  /(?<![^\s(])(?!(?:UTC|GMT)[+-]|T\d)[A-Za-z][\w.-]*\d[\w.-]*(?=[\s:,)]|$)/g,
];
const futureMsMax = 60_000;
/** What is longer holds no stamp further on, and would only take time. */
const prefixLengthMax = 400;

/** `latestMs`: when the line can have been written at the latest. It gives a stamp without a year its year. */
export function parseStamp(whole: string, latestMs: number): Stamp {
  const prefix = whole.slice(0, prefixLengthMax);
  const iso = isoForm.exec(prefix);
  if (iso) return isoMoment(iso);
  const text = noTimes
    .reduce((left, form) => left.replace(form, " "), prefix.normalize("NFKC"))
    .replace(/(\d{4}):(?=\d\d:\d\d:\d\d)/, "$1 ");
  for (const form of clockForms) {
    const clocks = [...text.matchAll(form)] as RegExpExecArray[];
    if (clocks.length > 0) return clockMoment(text, clocks, latestMs) ?? unknown;
  }
  return epochMoment(text) ?? (isNumberless(text) ? { kind: "none" } : unknown);
}

/** The latest moment of a time of day on this host, a clock that is a little ahead allowed for. */
export function latestMomentOf(clockSeconds: number, latestMs: number): number {
  const day = new Date(latestMs);
  const at = (daysBack: number) =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate() - daysBack, 0, 0, clockSeconds).getTime();
  return [-1, 0].map(at).find((atMs) => atMs <= latestMs + futureMsMax) ?? at(1);
}

/** Whether a line begins as nsomem's own do. */
export function isIsoStamped(line: string): boolean {
  return isoForm.exec(line)?.index === 0;
}

function isoMoment([, year, month, day, hour, minute, second, decimals, zone]: RegExpExecArray): Stamp {
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  return momentOf(date, clockOf(hour, minute, second, decimals), zone) ?? unknown;
}

interface Clock {
  hour: number;
  minute: number;
  second: number;
  ms: number;
}

function clockOf(hour?: string, minute?: string, second?: string, decimals = ""): Clock {
  const ms = Number(decimals.padEnd(3, "0").slice(0, 3));
  return { hour: Number(hour), minute: Number(minute), second: Number(second), ms };
}

/** Where a log's collector stamped the line too, the tool's own stamp is the last one. */
function clockMoment(text: string, [first, second]: RegExpExecArray[], latestMs: number): Stamp | undefined {
  if (!first) return undefined;
  const end = first.index + first[0].length;
  if (second) {
    const own = parseStamp(text.slice(end), latestMs);
    return own.kind === "moment" ? own : clockMoment(text.slice(0, second.index), [first], latestMs);
  }
  const before = text.slice(0, first.index);
  const after = text.slice(end);
  const half = halfAfter.exec(after);
  const afterHalf = after.slice(half?.[0].length ?? 0);
  const zone = zoneForm.exec(afterHalf);
  const clock = halfDay(clockOf(...first.slice(1, 5)), half, halfBefore.exec(before));
  const left = `${before} ${afterHalf.slice(zone?.[0].length ?? 0)}`;
  const found = findDate(left);
  if (found) {
    if (found.date.year === undefined && !isNumberless(found.rest)) return undefined;
    return momentOf(found.date, clock, zone?.[1], latestMs);
  }
  const { hour, minute, second: seconds } = clock;
  const isAlone = first[0].includes(":") && isNumberless(left) && isOfDay(clock) && zone === null;
  return isAlone ? { kind: "clock", clockSeconds: hour * 3600 + minute * 60 + seconds } : undefined;
}

function halfDay(clock: Clock, after: RegExpExecArray | null, before: RegExpExecArray | null): Clock {
  const isAfternoon =
    after?.[1]?.toLowerCase() === "p" || after?.[3] !== undefined || before?.[2] !== undefined;
  if ((!after && !before) || clock.hour > 12) return clock;
  return { ...clock, hour: (clock.hour % 12) + (isAfternoon ? 12 : 0) };
}

function momentOf(
  date: StampDate,
  clock: Clock,
  zoneName?: string,
  latestMs = Number.NaN,
): Stamp | undefined {
  const { hour, minute, second, ms } = clock;
  if (!isOfDay(clock)) return undefined;
  const inYear = (year: number): Stamp | undefined => {
    const fields = [year, date.month - 1, date.day, hour, minute, second, ms] as const;
    const own = new Date(...fields);
    const zone = zoneOf(zoneName, -own.getTimezoneOffset());
    if (zone === "unknown" || own.getFullYear() !== year) return undefined;
    const atMs = zone === "own" ? own.getTime() : Date.UTC(...fields) - zone.offsetMinutes * 60_000;
    return Number.isNaN(atMs) ? undefined : { kind: "moment", atMs };
  };
  if (date.year !== undefined) return inYear(date.year);
  if (Number.isNaN(latestMs)) return undefined;
  const year = new Date(latestMs).getFullYear();
  const candidates = [inYear(year + 1), inYear(year), inYear(year - 1)];
  return candidates.find((one) => one?.kind === "moment" && one.atMs <= latestMs + futureMsMax);
}

function isOfDay({ hour, minute, second }: Clock): boolean {
  return hour <= 23 && minute <= 59 && second <= 60;
}

/** Seconds or milliseconds since 1970, from 2001 on, or `20260113T133558Z`. */
function epochMoment(text: string): Stamp | undefined {
  const compact = /(?<!\d)(\d{4})(\d\d)(\d\d)[T ]?(\d\d)(\d\d)(\d\d)(Z|[+-]\d{4})?(?!\d)/.exec(text);
  if (compact) {
    const [, year, month, day, hour, minute, second, zone] = compact;
    const date = { year: Number(year), month: Number(month), day: Number(day) };
    return date.month >= 1 && date.month <= 12
      ? momentOf(date, clockOf(hour, minute, second), zone)
      : undefined;
  }
  const epoch = /(?<![\d.])([1-9]\d{9})(\d{3})?(?:[.,](\d{1,9}))?(?!\d)/.exec(text);
  if (!epoch) return undefined;
  const [, seconds, ms, decimals = ""] = epoch;
  return { kind: "moment", atMs: Number(seconds) * 1000 + Number(ms ?? decimals.padEnd(3, "0").slice(0, 3)) };
}

/** A number of up to five digits alone is none of a time: a time has several, or a long one. */
function isNumberless(text: string): boolean {
  const numbers = text.match(/\p{Nd}+/gu) ?? [];
  return numbers.length === 0 || (numbers.length === 1 && numbers[0] !== undefined && numbers[0].length < 6);
}
