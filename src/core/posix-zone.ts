/** A time zone as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`. See tzset(3). */

export interface PosixZone {
  /** Minutes east of Greenwich. */
  standardMinutes: number;
  summer: { minutes: number; begins: Change; ends: Change } | undefined;
}

/** A day of each year, and the second of it by the clock that counts until then. */
interface Change {
  day: { month: number; week: number; weekday: number } | { ofYear: number; countsLeapDay: boolean };
  seconds: number;
}

const name = "(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const offset = String.raw`([+-]?\d{1,3}(?::\d\d){0,2})`;
const rule = String.raw`(J?\d{1,3}|M\d{1,2}\.\d\.\d)(?:/([+-]?\d{1,3}(?::\d\d){0,2}))?`;
const form = new RegExp(`^:?${name}${offset}(?:${name}${offset}?(?:,${rule},${rule})?)?$`);
const summerForm = new RegExp(`^:?${name}${offset}${name}`);
/** What glibc takes where no rule is given. */
const ruleDefault = ["M3.2.0", "M11.1.0"] as const;
const changeSecondsDefault = 7200;

/** Undefined where `text` has another form, such as the name of a zone. */
export function parsePosixZone(text: string): PosixZone | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const [, standard = "", summer, begins, beginsAt, ends, endsAt] = match;
  const standardMinutes = minutesEast(standard);
  if (!summerForm.test(text)) return { standardMinutes, summer: undefined };
  return {
    standardMinutes,
    summer: {
      minutes: summer === undefined ? standardMinutes + 60 : minutesEast(summer),
      begins: changeOf(begins ?? ruleDefault[0], beginsAt),
      ends: changeOf(ends ?? ruleDefault[1], endsAt),
    },
  };
}

/** Minutes east of Greenwich at a moment. */
export function offsetAt({ standardMinutes, summer }: PosixZone, atMs: number): number {
  if (!summer) return standardMinutes;
  const { beginsMs, endsMs } = changesOf({ standardMinutes, summer }, new Date(atMs).getUTCFullYear());
  const isBetween = atMs >= Math.min(beginsMs, endsMs) && atMs < Math.max(beginsMs, endsMs);
  return isBetween === beginsMs < endsMs ? summer.minutes : standardMinutes;
}

/** When summer time begins and ends in a year. */
export function changesOf(
  { standardMinutes, summer }: PosixZone & { summer: NonNullable<PosixZone["summer"]> },
  year: number,
): { beginsMs: number; endsMs: number } {
  return {
    beginsMs: momentOf(summer.begins, year) - standardMinutes * 60_000,
    endsMs: momentOf(summer.ends, year) - summer.minutes * 60_000,
  };
}

/** POSIX counts west of Greenwich. */
function minutesEast(text: string): number {
  return 0 - secondsOf(text) / 60;
}

function secondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  return (text.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
}

function changeOf(day: string, at: string | undefined): Change {
  const seconds = at === undefined ? changeSecondsDefault : secondsOf(at);
  if (!day.startsWith("M"))
    return { day: { ofYear: Number(day.replace("J", "")), countsLeapDay: !day.startsWith("J") }, seconds };
  const [month = 1, week = 1, weekday = 0] = day.slice(1).split(".").map(Number);
  return { day: { month, week, weekday }, seconds };
}

/** As if the clock were UTC's. */
function momentOf({ day, seconds }: Change, year: number): number {
  if ("ofYear" in day) {
    // Jn counts from 1 and never the 29th of February, n from 0 and always.
    const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
    const ofYear = day.countsLeapDay ? day.ofYear + 1 : day.ofYear + (isLeap && day.ofYear > 59 ? 1 : 0);
    return Date.UTC(year, 0, ofYear, 0, 0, seconds);
  }
  const firstWeekday = new Date(Date.UTC(year, day.month - 1, 1)).getUTCDay();
  const first = 1 + ((day.weekday - firstWeekday + 7) % 7);
  const daysInMonth = new Date(Date.UTC(year, day.month, 0)).getUTCDate();
  const dayOfMonth = first + 7 * (day.week - 1);
  return Date.UTC(year, day.month - 1, dayOfMonth > daysInMonth ? dayOfMonth - 7 : dayOfMonth, 0, 0, seconds);
}
