/** What the kernel says about kills by its OOM killer: in its log, and in the counters of a cgroup and of the host. */

import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../core/errors.ts";
import { shown } from "../core/shown.ts";
import { formatTime } from "../core/units.ts";
import type { CgroupDir } from "./cgroup.ts";
import { readOptional } from "./procfs.ts";

/** One line of the kernel's log about an OOM kill. */
export interface OomLine {
  /** Milliseconds since boot. */
  atUptimeMs: number;
  text: string;
}

const aboutOom = /oom-kill:|oom_reaper|Out of memory|out of memory|invoked oom-killer|Killed process/;

/** The lines of `/dev/kmsg` about OOM kills, oldest first; undefined where it may not be read (dmesg_restrict). */
export function readOomLines(kmsg = "/dev/kmsg"): OomLine[] | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(kmsg, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    return [...records(descriptor)].flatMap((record) => parseOomRecord(record) ?? []);
  } finally {
    closeSync(descriptor);
  }
}

/** A record is at most this long; a shorter buffer ends in EINVAL. See Documentation/ABI/testing/dev-kmsg. */
const recordBytesMax = 8192;
const recordsMax = 200_000;

function* records(descriptor: number): Generator<string> {
  const buffer = Buffer.alloc(recordBytesMax);
  for (let count = 0; count < recordsMax; count++) {
    try {
      const bytes = readSync(descriptor, buffer);
      if (bytes === 0) return;
      yield buffer.toString("utf8", 0, bytes);
    } catch (error) {
      // EPIPE: the record was overwritten while it was read; the next read goes on. EAGAIN: that was the last one.
      if (errnoOf(error) !== "EPIPE") return;
    }
  }
}

/** `PRIORITY,SEQUENCE,MICROSECONDS,…;TEXT` with continuation lines that do not matter here. */
export function parseOomRecord(record: string): OomLine | undefined {
  const [, micros, text = ""] = /^\d+,\d+,(\d+)[^;]*;([^\n]*)/.exec(record) ?? [];
  if (micros === undefined || !aboutOom.test(text)) return undefined;
  return { atUptimeMs: Number(micros) / 1000, text: shown(text, 1000) };
}

/**
 * Now, by the clock that the lines have: CLOCK_MONOTONIC, which stands still while the host sleeps, as `/proc/uptime`
 * does not.
 */
export function readKernelClockMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/**
 * The lines with the time of the wall: `nowMs` is that time now. The kernel counts from its start and is not corrected as
 * the wall's clock is, so that lines of weeks ago may be some seconds off.
 */
export function formatOomLines(
  lines: readonly OomLine[],
  nowMs: number,
  kernelClockMs = readKernelClockMs(),
): string {
  const bootMs = nowMs - kernelClockMs;
  return lines.map(({ atUptimeMs, text }) => `${formatTime(bootMs + atUptimeMs)} ${text}\n`).join("");
}

/** The line that says process `pid` was killed at or after `sinceUptimeMs`, or undefined. */
export function killLineOf(
  pid: number,
  sinceUptimeMs: number,
  lines: readonly OomLine[],
): string | undefined {
  const form = new RegExp(`Killed process ${pid} \\(`);
  return lines.findLast((line) => line.atUptimeMs >= sinceUptimeMs && form.test(line.text))?.text;
}

/** How often the OOM killer killed in a cgroup: `memory.events` (v2) or `memory.oom_control` (v1, Linux 4.13). */
export function readOomKills({ dir, version }: CgroupDir): number | undefined {
  return oomKillsIn(readOptional(join(dir, version === 2 ? "memory.events" : "memory.oom_control")));
}

/** How often it killed anywhere on the host since boot: `oom_kill` of `/proc/vmstat`, Linux 4.13. */
export function readHostOomKills(procDir: string): number | undefined {
  return oomKillsIn(readOptional(`${procDir}/vmstat`));
}

function oomKillsIn(text: string | undefined): number | undefined {
  const count = text?.match(/^oom_kill (\d+)$/m)?.[1];
  return count === undefined ? undefined : Number(count);
}
