/**
 * Memory in KiB, time in milliseconds: text in, number out, and back for people.
 *
 * Own code: libraries for sizes and durations take `MB` for a million bytes, round up at a limit, and accept what the
 * configuration must refuse.
 */

import { exitCodes, NsomemError } from "./errors.ts";

const kibPerUnit: Record<string, number> = {
  B: 1 / 1024,
  K: 1,
  KB: 1,
  KIB: 1,
  M: 1024,
  MB: 1024,
  MIB: 1024,
  G: 1024 ** 2,
  GB: 1024 ** 2,
  GIB: 1024 ** 2,
  T: 1024 ** 3,
  TB: 1024 ** 3,
  TIB: 1024 ** 3,
};

/** The largest first. */
const durationUnits = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const;

const msPerUnit: Record<string, number> = Object.fromEntries(durationUnits);

/**
 * A size such as `2GiB`, `512 MiB` or `64K` in KiB, rounded up. `MB` means MiB, as `/proc` means it by `kB`.
 * Throws NsomemError SIZE naming the text.
 */
export function parseSizeKib(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text);
  const [, number, unit] = match ?? [];
  const factor = unit === undefined ? undefined : kibPerUnit[unit.toUpperCase()];
  if (factor === undefined) {
    const wayOut = 'write it like "512MiB" or "2GiB"';
    throw new NsomemError("SIZE", `"${text}" is not a size; ${wayOut}`, exitCodes.usage);
  }
  return Math.ceil(Number(number) * factor);
}

/** A duration such as `1s`, `10m` or `500ms` in milliseconds. Throws NsomemError DURATION naming the text. */
export function parseDurationMs(text: string): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(text);
  const [, number, unit] = match ?? [];
  const factor = unit === undefined ? undefined : msPerUnit[unit];
  if (factor === undefined) {
    const wayOut = 'write it like "500ms", "1s" or "10m"';
    throw new NsomemError("DURATION", `"${text}" is not a duration; ${wayOut}`, exitCodes.usage);
  }
  return Math.round(Number(number) * factor);
}

/** Memory for people: `300 B`, `980 KiB`, `512 MiB`, `23.5 GiB`; three significant digits at most below 1,000. */
export function formatKib(kib: number): string {
  // A file of 300 bytes is not one of 0 KiB.
  if (Math.abs(kib) < 1) return `${Math.round(kib * 1024)} B`;
  if (kib < 1024) return `${Math.round(kib)} KiB`;
  const [value, unit] = kib < 1024 ** 2 ? [kib / 1024, "MiB"] : [kib / 1024 ** 2, "GiB"];
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
}

/** A duration for people, at most two units: `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The same in whole seconds, for what is looked at while it changes: `4 s`. */
export function formatSeconds(ms: number): string {
  if (Number.isNaN(ms)) return "?";
  const seconds = Math.round(Math.max(0, ms) / 1000);
  return seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000);
}

/** A guess in one unit, rather longer than shorter: `40 s`, `7 min`, `3 h`. */
export function formatRoughly(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} min`;
  const hours = Math.ceil(seconds / 3600);
  return hours < 72 ? `${hours} h` : `${Math.ceil(hours / 24)} d`;
}

/** A change per second, or per minute where that is less than a MiB: `+12.0 MiB/s`, `-300 KiB/min`. */
export function formatRate(kibPerSecond: number): string {
  const sign = kibPerSecond < 0 ? "-" : "+";
  const kib = Math.abs(kibPerSecond);
  return kib < 1024 ? `${sign}${formatKib(kib * 60)}/min` : `${sign}${formatKib(kib)}/s`;
}

/** Used of limit with the unit said once: `21.4 of 23.5 GiB`. */
export function formatUse(usedKib: number, limitKib: number): string {
  const [used, limit] = [formatKib(usedKib), formatKib(limitKib)];
  const [usedNumber = "", usedUnit] = used.split(" ");
  return limit.endsWith(` ${usedUnit}`) ? `${usedNumber} of ${limit}` : `${used} of ${limit}`;
}

/** The time of day in whole seconds, with its day where that is not the day of `nowMs`. */
export function formatClock(atMs: number, nowMs: number): string {
  if (Number.isNaN(atMs)) return "?";
  const [day, time = ""] = formatTime(atMs).slice(0, 19).split("T");
  return day === formatTime(nowMs).slice(0, 10) ? time : `${day} ${time}`;
}

/**
 * ISO 8601 with milliseconds and the UTC offset of this process's time zone: `2026-11-23T13:09:51.120+00:00`.
 * `offsetMinutes` is east of Greenwich.
 */
export function formatTime(atMs: number, offsetMinutes = -new Date(atMs).getTimezoneOffset()): string {
  const local = new Date(atMs + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const sign = offsetMinutes < 0 ? "-" : "+";
  const minutes = Math.abs(offsetMinutes);
  const pad = (n: number) => String(n).padStart(2, "0");
  return `${local}${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Percent with one decimal or as many as asked for, always cut, never rounded up: 89.99 % must not read as a limit it has not reached. */
export function percentOf(usedKib: number, limitKib: number, decimals: 1 | 2 = 1): number {
  if (limitKib <= 0) return 0;
  const scale = 10 ** decimals;
  return Math.floor((usedKib * 100 * scale) / limitKib) / scale;
}

/** A time as part of a file name, in UTC: `20261123T130951-120`. */
export function stampOf(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:]/g, "").replace(".", "-").replace("Z", "");
}

/** A duration as the configuration writes it, exact: `10m`, `1s`, `1500ms`. */
export function tomlDuration(ms: number): string {
  const [unit, unitMs] = durationUnits.find(([, each]) => ms > 0 && ms % each === 0) ?? ["ms", 1];
  return `${ms / unitMs}${unit}`;
}

/** A size as the configuration writes it, exact: `2GiB`, `512MiB`, `100KiB`. */
export function tomlSize(kib: number): string {
  const [unit, unitKib] = tomlSizeUnits.find(([, each]) => kib > 0 && kib % each === 0) ?? ["KiB", 1];
  return `${kib / unitKib}${unit}`;
}

const tomlSizeUnits = [
  ["TiB", 1024 ** 3],
  ["GiB", 1024 ** 2],
  ["MiB", 1024],
] as const;
