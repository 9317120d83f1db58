/** The marks of a time axis and their labels, on round wall clock times. */

import { clock, day, utcOffset, type Zone } from "./zone.ts";

export interface TimeTick {
  atMs: number;
  /** `14:05`; `14:05:09` where ticks are closer than a minute, `Mon 2 Nov` where they are days apart. */
  label: string;
  /** The date, on the first tick and on the first tick of each day, where the label is a time. */
  date?: string;
  /** Begins a day. */
  midnight: boolean;
}

/** The moment of a change to or from daylight saving: `UTC+02:00 → UTC+01:00`. */
export interface ZoneChange {
  atMs: number;
  label: string;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const dayMs = 24 * hour;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28].map((n) => n * dayMs),
];

/** At most `ticksMax` ticks from `fromMs` to `toMs`, both included. */
export function timeTicks(fromMs: number, toMs: number, zone: Zone, ticksMax: number): TimeTick[] {
  const step =
    steps.find((candidate) => (toMs - fromMs) / candidate <= ticksMax) ?? yearly(fromMs, toMs, ticksMax);
  const ticks: TimeTick[] = [];
  let shownDate = "";
  for (const atMs of wallMultiples(fromMs, toMs, step, zone)) {
    const date = day(zone, atMs);
    const wall = zone.wall(atMs);
    const isDay = step >= dayMs;
    ticks.push({
      atMs,
      label: isDay ? date : clock(zone, atMs, { seconds: step < minute }),
      ...(isDay || date === shownDate ? {} : { date }),
      midnight: wall.hour === 0 && wall.minute === 0 && wall.second === 0,
    });
    shownDate = date;
  }
  return ticks;
}

/** The zone changes inside the window, found to the quarter hour. */
export function zoneChanges(fromMs: number, toMs: number, zone: Zone): ZoneChange[] {
  const changes: ZoneChange[] = [];
  // Two changes are never closer than a day; over years this is some thousand look-ups.
  for (let atMs = fromMs; atMs < toMs; atMs += dayMs) {
    const endMs = Math.min(atMs + dayMs, toMs);
    if (zone.offsetMs(atMs) === zone.offsetMs(endMs)) continue;
    const changeMs = bisect(atMs, endMs, zone);
    changes.push({ atMs: changeMs, label: `${utcOffset(zone, atMs)} → ${utcOffset(zone, endMs)}` });
  }
  return changes;
}

function bisect(lowMs: number, highMs: number, zone: Zone): number {
  const quarter = 900_000;
  let low = Math.floor(lowMs / quarter);
  let high = Math.ceil(highMs / quarter);
  const before = zone.offsetMs(lowMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetMs(middle * quarter) === before) low = middle;
    else high = middle;
  }
  return high * quarter;
}

/** Moments whose wall clock is a multiple of the step: 00:00, 06:00, … also on the day of 23 or 25 hours. */
function* wallMultiples(fromMs: number, toMs: number, step: number, zone: Zone): Generator<number> {
  // 1970-01-05 was a Monday: steps of weeks then begin on Mondays.
  const origin = step >= 7 * dayMs ? 4 * dayMs : 0;
  const first = Math.floor((fromMs + zone.offsetMs(fromMs) - origin) / step) - 1;
  let previous = Number.NEGATIVE_INFINITY;
  for (let index = first; ; index++) {
    const wallMs = index * step + origin;
    // An estimate with the offset of a moment some hours away; the offset at the estimate is the right one.
    const estimate = wallMs - zone.offsetMs(wallMs - zone.offsetMs(wallMs));
    const atMs = wallMs - zone.offsetMs(estimate);
    if (atMs > toMs) return;
    if (atMs < fromMs || atMs - previous < step / 2) continue;
    previous = atMs;
    yield atMs;
  }
}

function yearly(fromMs: number, toMs: number, ticksMax: number): number {
  return Math.ceil((toMs - fromMs) / ticksMax / (28 * dayMs)) * 28 * dayMs;
}
