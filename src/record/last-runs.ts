/** When each action last ran, kept over restarts so that a cool-down survives them. */

import type { Clock } from "../core/clock.ts";
import { isRecord } from "../core/fact.ts";
import { formatTime } from "../core/units.ts";
import { replacePrivateFile } from "../linux/private-file.ts";
import { readRegular } from "../linux/regular-file.ts";
import { ownProcDir } from "../linux/roots.ts";
import { agoOf, type Stamp, stampAgo } from "../linux/uptime.ts";
import { createDrain, type Lane } from "./lane.ts";

export interface LastRuns {
  /** By `kind/action`, on the monotonic clock. */
  all(): Readonly<Record<string, number>>;
  set(key: string, monotonicMs: number): void;
  forget(key: string): void;
  /** Waits until the last change is written, at most `msMax`. */
  settle(msMax: number): Promise<boolean>;
}

export interface LastRunsOptions {
  lane: Lane;
  clock: Clock;
  procDir?: string;
}

/**
 * Opens `path`; an absent or damaged file reads as none ever ran. Never throws: losing a cool-down is the lesser evil.
 * `lane`: of the directory that it is in; it is written beside the action, since the signal must not wait for it. On a
 * full disk that is done when there is room, and until then it is in force as long as the agent.
 */
export function openLastRuns(path: string, { lane, clock, procDir = ownProcDir }: LastRunsOptions): LastRuns {
  const runs = read(path, clock, procDir);
  const { wake: save, settle } = createDrain(lane, () =>
    replacePrivateFile(path, JSON.stringify(documentOf(runs, clock, procDir))),
  );
  return {
    all: () => runs,
    set(key, monotonicMs) {
      runs[key] = monotonicMs;
      save();
    },
    forget(key) {
      delete runs[key];
      save();
    },
    settle,
  };
}

/** One entry is 150 bytes, and there is one for each action of each rule. */
const bytesMax = 1024 * 1024;

function read(path: string, clock: Clock, procDir: string): Record<string, number> {
  try {
    const document: unknown = JSON.parse(readRegular(path, { of: "own", bytesMax }));
    if (!isRecord(document)) return {};
    const entries = Object.entries(document).flatMap(([key, value]): [string, number][] => {
      const agoMs = agoOfEntry(value, clock, procDir);
      return agoMs === undefined ? [] : [[key, clock.monotonicMs() - agoMs]];
    });
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

/** Up to version 0.1 an entry was milliseconds since the epoch; one of a time to come must not silence the action. */
function agoOfEntry(value: unknown, clock: Clock, procDir: string): number | undefined {
  if (typeof value === "number") return value <= clock.wallMs() ? clock.wallMs() - value : undefined;
  const stamp = stampOf(value);
  return stamp && agoOf(stamp, clock, procDir);
}

function stampOf(value: unknown): Stamp | undefined {
  if (!isRecord(value)) return undefined;
  const { boot_id: bootId, uptime_ms: uptimeMs, at } = value;
  const wallMs = Date.parse(String(at));
  if (typeof bootId !== "string" || typeof uptimeMs !== "number" || Number.isNaN(wallMs)) return undefined;
  return { bootId, uptimeMs, wallMs };
}

function documentOf(runs: Readonly<Record<string, number>>, clock: Clock, procDir: string): object {
  const entries = Object.entries(runs).map(([key, monotonicMs]) => {
    const { bootId, uptimeMs, wallMs } = stampAgo(clock.monotonicMs() - monotonicMs, clock, procDir);
    return [key, { at: formatTime(wallMs), boot_id: bootId, uptime_ms: Math.round(uptimeMs) }];
  });
  return Object.fromEntries(entries);
}
