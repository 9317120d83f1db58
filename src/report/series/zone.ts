/** Wall clock of the server's time zone, daylight saving included, from Intl alone: the binary carries ICU. */

import type { RunMeta } from "../../core/recording.ts";

/** A wall clock time; `month` 1–12. */
export interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export interface Zone {
  name: string;
  /** Milliseconds east of Greenwich at a moment. */
  offsetMs(atMs: number): number;
  wall(atMs: number): WallTime;
}

/** Offsets change on quarter hours at most (tzdb), so one look-up serves 15 minutes. */
const offsetHoldsMs = 900_000;

/** The zone of an IANA name; for an unknown name UTC, as its `name` then says. */
export function zoneOf(timeZone: string): Zone {
  const format = formatOf(timeZone) ?? formatOf("UTC");
  if (!format) throw new Error("Intl knows no UTC");
  const offsets = new Map<number, number>();
  const offsetMs = (atMs: number) => {
    const slot = Math.floor(atMs / offsetHoldsMs);
    let offset = offsets.get(slot);
    if (offset === undefined) {
      offset = offsetAt(format, slot * offsetHoldsMs);
      offsets.set(slot, offset);
    }
    return offset;
  };
  return {
    name: format.resolvedOptions().timeZone,
    offsetMs,
    wall(atMs) {
      const date = new Date(atMs + offsetMs(atMs));
      return {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
      };
    },
  };
}

/** The zone of the server that was measured; where no run says it, this one's. */
export function zoneFor(meta: RunMeta | undefined): Zone {
  return zoneOf(meta?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = Object.fromEntries(
    format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `14:05`, with seconds `14:05:09`. */
export function clock(zone: Zone, atMs: number, { seconds = false } = {}): string {
  const { hour, minute, second } = zone.wall(atMs);
  const text = `${two(hour)}:${two(minute)}`;
  return seconds ? `${text}:${two(second)}` : text;
}

/** `Mon 24 Nov`; with the year `Mon 24 Nov 2025`. */
export function day(zone: Zone, atMs: number, { year = false } = {}): string {
  const wall = zone.wall(atMs);
  const weekday = weekdays[new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay()];
  return `${weekday} ${wall.day} ${months[wall.month - 1]}${year ? ` ${wall.year}` : ""}`;
}

/** `24 Nov 14:05:09`. */
export function moment(zone: Zone, atMs: number): string {
  const wall = zone.wall(atMs);
  return `${wall.day} ${months[wall.month - 1]} ${clock(zone, atMs, { seconds: true })}`;
}

/** `UTC+01:00`. */
export function utcOffset(zone: Zone, atMs: number): string {
  const minutes = Math.round(zone.offsetMs(atMs) / 60_000);
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `Europe/Prague, UTC+01:00`; for UTC its name alone. */
function zoneText(zone: Zone, atMs: number): string {
  return zone.name === "UTC" ? zone.name : `${zone.name}, ${utcOffset(zone, atMs)}`;
}

/** `Mon 24 Nov 2025 14:05:09 – Mon 24 Nov 2025 15:05:09 (Europe/Prague, UTC+01:00)`. */
export function spanText(zone: Zone, fromMs: number, toMs: number): string {
  const when = (atMs: number) => `${day(zone, atMs, { year: true })} ${clock(zone, atMs, { seconds: true })}`;
  return `${when(fromMs)} – ${when(toMs)} (${zoneText(zone, toMs)})`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
