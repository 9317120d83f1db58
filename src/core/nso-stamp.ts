/** The time in a line of one of NSO's logs, in the zone of this process. Text in, value out. */

import { monthOf } from "./month-name.ts";

/** `<INFO> 14-Jan-2026::22:03:02.900 name thread: - text`. Source: logs of public NSO packages. */
const ownForm = /(?<!\d)(\d{1,2})-([A-Za-z]{3})-(\d{4})::(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3}))?(?!\d)/;
const isoForm = /(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?/;
/** A stamp further on is part of what a line says. */
const prefixLengthMax = 200;

/** Milliseconds since the epoch; undefined for a line without a time, such as one of a Java stack. */
export function nsoTimeOf(line: string): number | undefined {
  const prefix = line.slice(0, prefixLengthMax);
  const [, day, month = "", year, hour, minute, second, decimals = ""] = ownForm.exec(prefix) ?? [];
  const number = monthOf(month);
  if (year !== undefined && number !== undefined) {
    const ms = Number(decimals.padEnd(3, "0"));
    const at = [
      Number(year),
      number - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      ms,
    ] as const;
    return new Date(...at).getTime();
  }
  const iso = isoForm.exec(prefix)?.[0];
  const atMs = iso === undefined ? Number.NaN : Date.parse(iso.replace(" ", "T").replace(",", "."));
  return Number.isNaN(atMs) ? undefined : atMs;
}
