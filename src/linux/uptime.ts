/** Times that mean the same to a later process of this boot. */

import type { Clock } from "../core/clock.ts";
import { readBootId, readOptional, uptimePath } from "./procfs.ts";

/** Milliseconds since boot, suspended time included, from `/proc/uptime`; 0 where that cannot be read. See proc_uptime(5). */
export function readUptimeMs(procDir: string): number {
  return Number(readOptional(uptimePath(procDir))?.split(" ")[0] ?? 0) * 1000;
}

/** A moment as it is written down: which boot, how far into it, and for people and other boots the time of day. */
export interface Stamp {
  bootId: string;
  uptimeMs: number;
  wallMs: number;
}

/** Of something that was `agoMs` ago. */
export function stampAgo(agoMs: number, clock: Clock, procDir: string): Stamp {
  return {
    bootId: readBootId(procDir),
    uptimeMs: readUptimeMs(procDir) - agoMs,
    wallMs: clock.wallMs() - agoMs,
  };
}

/** How long ago it was. Of another boot: since before this one, and longer where the time of day says so. */
export function agoOf({ bootId, uptimeMs, wallMs }: Stamp, clock: Clock, procDir: string): number {
  const nowMs = readUptimeMs(procDir);
  if (bootId === readBootId(procDir) && uptimeMs <= nowMs) return nowMs - uptimeMs;
  return Math.max(nowMs, clock.wallMs() - wallMs);
}
