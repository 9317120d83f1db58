/** Ticks of a made-up run, and a directory of their own for each test. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessSample } from "../../src/core/reading.ts";
import type { Tick } from "../../src/core/recording.ts";
import { type History, type HistoryOptions, openHistory } from "../../src/record/history.ts";
import { clockOf } from "../fake-clock.ts";
import { meta } from "../report/sample.ts";

export const startMs = Date.parse("2026-01-13T12:00:00Z");
export const day = 86_400_000;

export function tick(atMs: number, processes: Partial<ProcessSample>[] = [{}]): Tick {
  return {
    host: {
      atMs,
      memUsedKib: 12_000_000 + (atMs % 1000),
      memTotalKib: 24_684_096,
      committedKib: 8_115_420,
      commitLimitKib: 12_342_048,
      overcommitMode: 2,
    },
    processes: processes.map((process) => ({
      group: "core",
      name: "ncs.smp",
      pid: 8571,
      rssKib: 42_244,
      allocatedKib: 57_252,
      children: [],
      atMs,
      ...process,
    })),
  };
}

/** Runs `work` in a directory that is removed after it. */
export async function inDirectory(work: (dir: string) => void | Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-history-"));
  try {
    await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A history whose clock the test turns, and what it complained of. */
export function openSample(
  path: string,
  more: Partial<HistoryOptions> = {},
): { history: History; problems: string[]; clock: { nowMs: number } } {
  const problems: string[] = [];
  const clock = { nowMs: startMs };
  const history = openHistory({
    path,
    meta,
    retention: { ageMs: 14 * day, bytesMax: 512 * 1024 ** 2 },
    onProblem: (text) => problems.push(text),
    clock: clockOf(() => clock.nowMs),
    ...more,
  });
  return { history, problems, clock };
}

/** Waits for a condition, at most 5 s. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within 5 s: ${what}`);
    await Bun.sleep(5);
  }
}
