/** Figures of a dump for people: bytes, counts, shares. */

import { formatKib } from "../core/units.ts";

export function formatBytes(bytes: number): string {
  return formatKib(bytes / 1024);
}

/** `1,507,328` */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** `34 %`; one decimal below ten, "0 %" of nothing. */
export function formatShare(part: number, all: number): string {
  if (all <= 0) return "0 %";
  const percent = (100 * part) / all;
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** `1 atom`, `2 atoms`. */
export function countOf(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
