import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createIncidentKeeper } from "../../src/agent/incident-keeper.ts";
import type { ActionRecord } from "../../src/core/action.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { createLevels } from "../../src/core/levels.ts";
import type { Reading } from "../../src/core/reading.ts";
import { openIncidents } from "../../src/record/incident.ts";
import { createLane } from "../../src/record/lane.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-keeper-"));
  for (const number of [1, 2, 3, 4]) mkdirSync(join(dir, idOf(number)), { mode: 0o700 });
});
afterEach(() => rmSync(dir, { recursive: true }));

const idOf = (number: number) => `2026112${number}T120000-000-physical`;

function keeper({
  level = "normal",
  records = [],
}: {
  level?: Reading["level"];
  records?: ActionRecord[];
} = {}) {
  const config = { ...defaultConfig(), incidents: { ...defaultConfig().incidents, count_max: 1 } };
  const levels = createLevels(config);
  const percent = { normal: 50, warning: 91, critical: 96 }[level];
  const reading: Reading = {
    ...{ kind: "physical", level, usedKib: percent, limitKib: 100, thresholdPercent: 90 },
    ...{ ceiling: "host", atMs: Date.UTC(2026, 10, 22, 12), source: "tool" },
  };
  levels.take(reading, config, () => reading);
  const said: string[] = [];
  const made = createIncidentKeeper({
    ...{ incidents: openIncidents(dir, createLane()), config: () => config, levels, records: () => records },
    ...{ journal: { say: (text: string) => void said.push(text) }, wallMs: () => 0, afterMs: 1 },
  });
  return { ...made, said };
}
const left = () => readdirSync(dir).sort();
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !isSo(); tries++) await Bun.sleep(10);
}

test("what is beyond the quota goes, and it is said with the key", async () => {
  const { wish, said } = keeper();
  wish();
  await until(() => said.length > 0);
  expect(left()).toEqual([idOf(4)]);
  // What a directory takes of the disk is the file system's affair.
  expect(said.join()).toMatch(/^removed 3 old incidents \(\d.*B\), to keep \[incidents\] count_max$/);
});

test("the incident of an episode that is on, of an action that runs and of the last one stay", async () => {
  const record: ActionRecord = {
    ...{ incident: idOf(1), atMs: 1, kind: "physical", level: "warning", rule: "warning_phy" },
    ...{ action: "debug-dump", outcome: "running", message: "", files: [] },
  };
  const records: ActionRecord[] = [record, { ...record, incident: idOf(3), outcome: "done" }];
  mkdirSync(join(dir, idOf(0)), { mode: 0o700 });
  const { wish, said } = keeper({ level: "warning", records });
  wish();
  // The episode of the reading has the second one's name; the oldest is nobody's.
  await until(() => said.length > 0);
  expect(left()).toEqual([idOf(1), idOf(2), idOf(3), idOf(4)]);
  expect(said[0]).toStartWith("removed 1 old incidents");
});

test("nothing is removed while memory is critical: the disk has a crash dump to take", async () => {
  const { wish, stop, said } = keeper({ level: "critical" });
  wish();
  await Bun.sleep(100);
  stop();
  expect(left()).toHaveLength(4);
  expect(said).toEqual([]);
});
