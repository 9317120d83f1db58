import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { summariseIncident } from "../../src/core/incident.ts";
import { type Incidents, openIncidents } from "../../src/record/incident.ts";
import { keepQuota } from "../../src/record/incident-keeping.ts";
import { readIncident } from "../../src/record/incident-log.ts";
import { createLane } from "../../src/record/lane.ts";

const kib = 1024;
const plenty = { countMax: 100, dumpsMax: 100, bytesMax: 1e12 };
let dir: string;
let incidents: Incidents;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-quota-"));
  incidents = openIncidents(dir, createLane());
});
afterEach(() => rmSync(dir, { recursive: true }));

const idOf = (number: number) => `2026112${number}T120000-000-physical`;

/** Incidents 1 to `count`, the last the newest, each with two dumps of 100 KiB and what else belongs to it. */
function make(count: number): void {
  for (let number = 1; number <= count; number++) {
    const own = join(dir, idOf(number));
    mkdirSync(join(own, "at-warning"), { recursive: true, mode: 0o700 });
    const files = [join(own, "dump1.bin"), join(own, "dump2.bin.incomplete")];
    for (const file of files) writeFileSync(file, "x".repeat(100 * kib));
    writeFileSync(join(own, "at-warning/meminfo"), "x");
    writeFileSync(join(own, "run-page.txt"), "x");
    const at = "2026-11-23T12:00:00.000+00:00";
    const ended = { at, step: "debug-dump-ended", outcome: "done", message: "2 of 2", files: [files[0]] };
    writeFileSync(join(own, "incident.jsonl"), `${JSON.stringify(ended)}\n`, { mode: 0o600 });
  }
}
async function keep(quota: Partial<typeof plenty>, more: { wantedBytes?: number; open?: string[] } = {}) {
  const { wantedBytes = 0, open = [] } = more;
  const isOpen = (id: string) => open.includes(id);
  const removed = await keepQuota(incidents, {
    quota: { ...plenty, ...quota },
    isOpen,
    wantedBytes,
    atMs: 0,
  });
  await incidents.finish(5000);
  return removed.map(({ id, what }) => `${id} ${what}`);
}

test("what is within the quota is left alone", async () => {
  make(3);
  expect(await keep({})).toEqual([]);
  expect(readdirSync(join(dir, idOf(1))).sort()).toContain("dump1.bin");
});

test("the oldest lose their dumps, whole and incomplete, keep all else, and say so", async () => {
  make(4);
  expect(await keep({ bytesMax: 700 * kib })).toEqual([`${idOf(1)} dumps`]);
  expect(readdirSync(join(dir, idOf(1))).sort()).toEqual(["at-warning", "incident.jsonl", "run-page.txt"]);
  const { steps = [] } = readIncident(dir, idOf(1)) ?? {};
  expect(steps.at(-1)).toMatchObject({ step: "dumps-removed", because: "size_max" });
  expect(summariseIncident(idOf(1), steps).debugDumps).toEqual([]);
  expect(await keep({ bytesMax: 700 * kib })).toEqual([]);
});

test("their number is kept, and what is open or the newest stays", async () => {
  make(4);
  expect(await keep({ countMax: 1 }, { open: [idOf(2)] })).toEqual([
    `${idOf(1)} incident`,
    `${idOf(3)} incident`,
  ]);
  expect(readdirSync(dir).sort()).toEqual([idOf(2), idOf(4)]);
});

test("one of an action outside of an episode is as old as the time in its name", async () => {
  make(1);
  const info = `info-${Date.UTC(2026, 10, 20)}`;
  mkdirSync(join(dir, info), { mode: 0o700 });
  expect(await keep({ countMax: 1 })).toEqual([`${info} incident`]);
});

test("dumps are given up for room that is wanted", async () => {
  make(3);
  expect(await keep({}, { wantedBytes: 150 * kib })).toEqual([`${idOf(1)} dumps`]);
  expect(await keep({}, { wantedBytes: 999 * kib })).toEqual([]);
});

describe("a link in an incident", () => {
  test("is removed with it, and what it leads to stays", async () => {
    make(2);
    const outside = mkdtempSync(join(tmpdir(), "nsomem-outside-"));
    writeFileSync(join(outside, "precious"), "x");
    symlinkSync(outside, join(dir, idOf(1), "at-critical"));
    symlinkSync(join(outside, "precious"), join(dir, idOf(1), "dump9.bin"));
    expect(await keep({ countMax: 1 })).toEqual([`${idOf(1)} incident`]);
    expect(existsSync(join(dir, idOf(1)))).toBe(false);
    expect(readdirSync(outside)).toEqual(["precious"]);
    rmSync(outside, { recursive: true });
  });
});
