/** Wall clock times without a date, as the original toolset writes them, turned into moments. */

/** A calendar day of this process's time zone (TZ). */
export interface Day {
  year: number;
  /** 1–12 */
  month: number;
  day: number;
}

export interface WallClock {
  /** Milliseconds since 1970 of the next time of a log, which is at or after the one before it. */
  next(clockSeconds: number): number;
  /** How many midnights were passed. */
  readonly midnights: number;
}

const halfDaySeconds = 43_200;

/**
 * Counts midnights from `first` on: a time more than half a day before the last is the next day's. A smaller step
 * back of up to two hours is the end of daylight saving where the zone has one there: the same hour for the second
 * time.
 */
export function wallClock(first: Day): WallClock {
  let midnights = 0;
  let previousSeconds = 0;
  let previousMs = Number.NEGATIVE_INFINITY;
  // A Date for each of 8 million lines took 3 s; zones shift by whole minutes.
  let known = { minute: -1, midnights: -1, atMs: 0 };
  return {
    get midnights() {
      return midnights;
    },
    next(clockSeconds) {
      if (previousSeconds - clockSeconds > halfDaySeconds) midnights++;
      previousSeconds = clockSeconds;
      const minute = Math.floor(clockSeconds / 60);
      if (minute !== known.minute || midnights !== known.midnights)
        known = { minute, midnights, atMs: momentOf(first, midnights, minute * 60) };
      let at = known.atMs + (clockSeconds % 60) * 1000;
      const again = at + 3_600_000;
      if (at < previousMs && again >= previousMs && showsSame(at, again)) at = again;
      previousMs = at;
      return at;
    },
  };
}

function momentOf({ year, month, day }: Day, midnights: number, seconds: number): number {
  return new Date(
    year,
    month - 1,
    day + midnights,
    Math.floor(seconds / 3600),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ).getTime();
}

function showsSame(one: number, other: number): boolean {
  return new Date(one).getHours() === new Date(other).getHours();
}

/** `2026-01-13`, or undefined when it is no day of the calendar. */
export function parseDay(text: string): Day | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? { year, month, day } : undefined;
}

export function formatDay({ year, month, day }: Day): string {
  return [year, month, day].map((value) => String(value).padStart(2, "0")).join("-");
}

export function dayOf(atMs: number): Day {
  const date = new Date(atMs);
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

export function daysBefore({ year, month, day }: Day, days: number): Day {
  return dayOf(new Date(year, month - 1, day - days, 12).getTime());
}

/** A stamp of whole seconds may be that of several ticks: each of them is a millisecond after the one before. */
export function afterTick(atMs: number, previousMs: number): number {
  return atMs === Math.floor(previousMs / 1000) * 1000 ? previousMs + 1 : atMs;
}
