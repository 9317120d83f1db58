import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStep } from "../../src/core/describe-step.ts";
import { summariseIncident } from "../../src/core/incident.ts";
import { readIncident } from "../../src/record/incident-log.ts";

const id = "20261125T200151-088-physical";
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-incidents-"));
  mkdirSync(join(dir, id));
  copyFileSync(join(import.meta.dir, "incident-0.1.0.jsonl"), join(dir, id, "incident.jsonl"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The record of a demo by version 0.1.0, as it wrote it but for paths and the boot ID. */
describe("an incident that version 0.1.0 wrote", () => {
  const read = () => {
    const incident = readIncident(dir, id);
    if (!incident) throw new Error("not there");
    return incident;
  };

  test("is read whole: every step is known, and none has lost its sentence", () => {
    const { steps, damagedLines } = read();
    expect(damagedLines).toBe(0);
    expect(steps.filter(({ step }) => step === "other")).toEqual([]);
    expect(steps.map(describeStep).filter((sentence) => /\?|undefined/.test(sentence))).toEqual([]);
  });

  test("has its verdict, its dump and whose signal it was", () => {
    const { state, verdict, crashDump, debugDumps, begun } = summariseIncident(id, read().steps);
    expect({ state, verdict }).toEqual({ state: "finished", verdict: "complete" });
    expect(crashDump).toMatchObject({ path: "/var/opt/ncs/run/ncs_crash.dump", bytes: 952 });
    expect(crashDump?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(debugDumps).toHaveLength(3);
    expect(begun).toMatchObject({ sent: true, kind: "physical", rule: "crit_phy" });
  });
});
