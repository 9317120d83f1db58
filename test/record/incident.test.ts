import { afterEach, beforeEach, expect, spyOn, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call } from "../../src/linux/file-work.ts";
import { openIncidents } from "../../src/record/incident.ts";
import { readIncident } from "../../src/record/incident-log.ts";
import { createLane } from "../../src/record/lane.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-incident-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const resumed = { step: "resumed", pid: 1 } as const;
const settleMsMax = 5000;
const open = (incidentsDir: string) => openIncidents(incidentsDir, createLane());

test("what is recorded after the home was removed is on disk, for its owner alone", async () => {
  const at = join(dir, "home", "incidents");
  const incident = open(at).open("20261123T120000-000-physical");
  incident.record(0, resumed);
  expect(await incident.ready(settleMsMax)).toBe(true);
  rmSync(join(dir, "home"), { recursive: true });
  incident.record(1000, resumed);
  expect(await incident.sync(settleMsMax)).toBe(true);
  incident.close();
  expect(readIncident(at, incident.id)?.steps).toHaveLength(1);
  expect(statSync(join(incident.dir, "incident.jsonl")).mode & 0o777).toBe(0o600);
});

test("its directory is there when it is ready, before anything is recorded", async () => {
  const incident = open(dir).open("a");
  expect(await incident.ready(settleMsMax)).toBe(true);
  expect(readdirSync(incident.dir)).toEqual(["incident.jsonl"]);
});

test("half a line of a host that lost its power is ended before the next step", async () => {
  mkdirSync(join(dir, "a"));
  writeFileSync(join(dir, "a", "incident.jsonl"), '{"at":"2026');
  const incidents = open(dir);
  const incident = incidents.open("a");
  incident.record(0, resumed);
  incident.close();
  expect(await incidents.finish(settleMsMax)).toBe(true);
  expect(readIncident(dir, "a")).toMatchObject({ damagedLines: 1, steps: [{ step: "resumed" }] });
});

test("a record that is a link is neither written nor read", async () => {
  writeFileSync(join(dir, "victim"), "original");
  mkdirSync(join(dir, "a"));
  symlinkSync(join(dir, "victim"), join(dir, "a", "incident.jsonl"));
  const incidents = open(dir);
  incidents.open("a").record(0, resumed);
  expect(await incidents.finish(settleMsMax)).toBe(false);
  expect(incidents.problems()).toEqual([expect.stringContaining("is a symbolic link")]);
  expect(readFileSync(join(dir, "victim"), "utf8")).toBe("original");
  expect(readIncident(dir, "a")).toMatchObject({ damagedLines: 0, steps: [] });
});

test("steps that could not be written are written in their order, with their times, when there is room", async () => {
  const at = join(dir, "incidents");
  writeFileSync(at, "in the way, as a full disk is");
  const incidents = open(at);
  const incident = incidents.open("a");
  for (const pid of [1, 2, 3]) incident.record(pid * 1000, { step: "resumed", pid });
  expect(await incident.sync(settleMsMax)).toBe(false);
  expect(incidents.problems()).toEqual([expect.stringContaining("3 steps wait in memory")]);
  // Whatever takes the incident up later in the same agent has what waits before its own.
  incident.close();
  rmSync(at);
  const later = incidents.open("a");
  later.record(4000, { step: "resumed", pid: 4 });
  later.close();
  expect(await incidents.finish(settleMsMax)).toBe(true);
  expect(incidents.problems()).toEqual([]);
  const steps = readIncident(at, "a")?.steps ?? [];
  expect(steps.map(({ atMs }) => atMs)).toEqual([1000, 2000, 3000, 4000]);
});

test("of what waits the first steps and the last are kept, and of a dump that grows the last size", async () => {
  const at = join(dir, "incidents");
  writeFileSync(at, "in the way");
  const incidents = open(at);
  const incident = incidents.open("a");
  incident.record(1, resumed);
  for (let bytes = 0; bytes < 1000; bytes++) incident.record(2, { step: "growing", bytes, path: "/d" });
  for (let pid = 0; pid < 1000; pid++) incident.record(3, { step: "resumed", pid });
  await incident.sync(settleMsMax);
  rmSync(at);
  incident.close();
  expect(await incidents.finish(settleMsMax)).toBe(true);
  const steps = readIncident(at, "a")?.steps ?? [];
  expect(steps).toHaveLength(500);
  expect(steps.slice(0, 3)).toMatchObject([resumed, { step: "growing", bytes: 999 }, { pid: 0 }]);
  expect(steps.at(-1)).toMatchObject({ pid: 999 });
});

test("nobody waits for a file system that does not answer", async () => {
  const lane = createLane();
  void lane.do(function* () {
    yield { now: () => undefined, later: () => new Promise(() => {}) };
  });
  const incidents = openIncidents(dir, lane);
  const incident = incidents.open("a");
  incident.record(0, resumed);
  expect(await incident.sync(20)).toBe(false);
  expect(await incident.ready(20)).toBe(false);
  expect(await incidents.finish(20)).toBe(false);
});

test("what was not on the disk in time is brought there as soon as it answers, for the power may go", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const lane = createLane();
  void lane.do(function* () {
    yield { now: () => undefined, later: () => promise };
  });
  const incident = openIncidents(dir, lane).open("a");
  const synced = spyOn(call, "fsync");
  try {
    incident.record(0, resumed);
    expect(await incident.sync(20)).toBe(false);
    expect(synced).toHaveBeenCalledTimes(0);
    resolve();
    expect(await incident.ready(settleMsMax)).toBe(true);
    expect(synced).toHaveBeenCalledTimes(1);
  } finally {
    synced.mockRestore();
  }
});
