import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIncident } from "../../src/record/incident.ts";
import { readIncident } from "../../src/record/incident-log.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-incident-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const resumed = { step: "resumed", pid: 1 } as const;

test("what is recorded after the home was removed is on disk, for its owner alone", async () => {
  const incidents = join(dir, "home", "incidents");
  const incident = openIncident(incidents, "20261123T120000-000-physical");
  expect(incident.record(0, resumed)).toBe(true);
  rmSync(join(dir, "home"), { recursive: true });
  expect(incident.record(1000, resumed)).toBe(true);
  expect(await incident.sync(1000)).toBe(true);
  incident.close();
  expect(readIncident(incidents, incident.id)?.steps).toHaveLength(1);
  expect(statSync(join(incident.dir, "incident.jsonl")).mode & 0o777).toBe(0o600);
});

test("half a line of a host that lost its power is ended before the next step", () => {
  const { dir: at, ...first } = openIncident(dir, "a");
  first.close();
  writeFileSync(join(at, "incident.jsonl"), '{"at":"2026');
  const incident = openIncident(dir, "a");
  incident.record(0, resumed);
  incident.close();
  expect(readIncident(dir, "a")).toMatchObject({ damagedLines: 1, steps: [{ step: "resumed" }] });
});

test("a record that is a link is neither written nor read", () => {
  writeFileSync(join(dir, "victim"), "original");
  openIncident(dir, "a").close();
  rmSync(join(dir, "a", "incident.jsonl"));
  symlinkSync(join(dir, "victim"), join(dir, "a", "incident.jsonl"));
  expect(openIncident(dir, "a").record(0, resumed)).toBe(false);
  expect(readFileSync(join(dir, "victim"), "utf8")).toBe("original");
  expect(readIncident(dir, "a")).toMatchObject({ damagedLines: 0, steps: [] });
});
