/** The stretch of time in the page's address, so that a link or a reload shows the same. */

import type { View } from "./grid.ts";

/** `#from=2026-11-23T13:09:51.120Z&to=…` */
export function fragmentOf({ fromMs, toMs }: View): string {
  return `#from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
}

/** Undefined where it names no stretch of time. */
export function viewOf(fragment: string): View | undefined {
  const words = new URLSearchParams(fragment.replace(/^#/, ""));
  const fromMs = Date.parse(words.get("from") ?? "");
  const toMs = Date.parse(words.get("to") ?? "");
  return fromMs < toMs ? { fromMs, toMs } : undefined;
}
