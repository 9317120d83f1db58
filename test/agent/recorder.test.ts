import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecorder } from "../../src/agent/recorder.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { createLevels } from "../../src/core/levels.ts";
import type { Reading } from "../../src/core/reading.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { readHistory } from "../../src/record/read-history.ts";
import { fakeClock } from "../fake-clock.ts";

const day = 86_400_000;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nsomem-recorder-"));
});
afterEach(() => rmSync(home, { recursive: true }));

test("history is recorded on after the time of day was set, back or forward, each tick once", async () => {
  const config = defaultConfig();
  const clock = fakeClock();
  const paths = resolvePaths({ home });
  const onProblem = (text: string) => expect.unreachable(text);
  const recorder = openRecorder({ paths, config, procDir: "/proc", clock, onProblem, onPast: () => {} });
  const levels = createLevels(config);
  const readAndRecord = () => {
    clock.pass(1000);
    const atMs = clock.wallMs();
    const base = {
      level: "normal",
      usedKib: 1,
      limitKib: 2,
      thresholdPercent: 90,
      ceiling: "host",
      atMs,
    } as const;
    for (const kind of ["physical", "allocated"] as const) {
      const reading: Reading = { ...base, kind, source: "tool" };
      levels.take(reading, config, () => reading, clock.monotonicMs());
    }
    recorder.tick(levels, 0, []);
    recorder.tick(levels, 0, []);
  };
  for (const step of [0, -day, 400 * day]) {
    clock.set(step);
    for (let count = 0; count < 3; count++) readAndRecord();
  }
  expect(await recorder.close(5000)).toBe(true);
  expect(readHistory(paths.history, { sinceMs: 0 }).host.atMs).toHaveLength(9);
});
