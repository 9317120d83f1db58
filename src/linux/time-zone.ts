/** The time zone of this process where TZ names it in a way that Bun takes for UTC (facts 2.15). */

import { setTimeZone } from "bun:jsc";
import { changesOf, offsetAt, type PosixZone, parsePosixZone } from "../core/posix-zone.ts";

/**
 * Makes `Date` follow `tz`, the value of TZ: a POSIX string, or the path of a zone file. TZ itself stays, for the tool
 * and other children, which understand it. To be called once, before any time is computed.
 */
export function followTimeZone(tz: string | undefined, nowMs: number): void {
  const zone = tz === undefined ? undefined : parsePosixZone(tz);
  const file = tz === undefined ? undefined : /^:?\/.*\/zoneinfo\/(?:posix\/)?(.+)$/.exec(tz)?.[1];
  if (zone && !isKnown(tz)) setTimeZone(zoneLike(zone, nowMs));
  else if (isKnown(file)) setTimeZone(file);
}

/** `EST5EDT` is a name too, and Bun knows it. */
function isKnown(name: string | undefined): name is string {
  if (name === undefined) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const dayMs = 86_400_000;

/** The known zone that agrees with `zone` most of the time, from last year to the next: 40 ms, once. */
function zoneLike(zone: PosixZone, nowMs: number): string {
  const { standardMinutes, summer } = zone;
  const hours = standardMinutes / 60;
  if (!summer && Number.isInteger(hours) && Math.abs(hours) <= 12)
    return `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
  const probes = probesOf(zone, nowMs).map((atMs) => ({ atMs, minutes: offsetAt(zone, atMs) }));
  let best = { name: "UTC", agreed: 0 };
  for (const name of Intl.supportedValuesOf("timeZone")) {
    setTimeZone(name);
    const agreed = probes.filter(
      ({ atMs, minutes }) => -new Date(atMs).getTimezoneOffset() === minutes,
    ).length;
    if (agreed > best.agreed) best = { name, agreed };
    if (agreed === probes.length) break;
  }
  return best.name;
}

/** The middle of each month, and both sides of each change. */
function probesOf(zone: PosixZone, nowMs: number): number[] {
  const thisYear = new Date(nowMs).getUTCFullYear();
  return [thisYear - 1, thisYear, thisYear + 1].flatMap((year) => {
    const months = Array.from({ length: 12 }, (_, month) => Date.UTC(year, month, 15));
    const { summer } = zone;
    if (!summer) return months;
    const { beginsMs, endsMs } = changesOf({ ...zone, summer }, year);
    return [
      ...months,
      ...[beginsMs, endsMs].flatMap((atMs) => [atMs - 1000, atMs, atMs - dayMs, atMs + dayMs]),
    ];
  });
}
