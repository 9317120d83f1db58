import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DumpProspect } from "../../../src/core/dump-prospect.ts";
import type { IncidentStep } from "../../../src/core/incident-step.ts";
import { prepareDump } from "../../../src/rescue/crash-dump/prepare.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-prepare-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** `judgeMs`: how long the file system takes to answer. */
function scene(path: string, { isInTheWay = true, judgeMs = 0, isKnown = true } = {}) {
  const prospect: DumpProspect = { outlook: "good", path, roomKib: 1000, needKib: 10, reasons: [] };
  const steps: IncidentStep[] = [];
  const outlook = {
    prospect: () => (isKnown ? prospect : undefined),
    known: () => new Set(["before"]),
    isObstructed: () => isInTheWay,
    skewMs: () => 0,
    async judge() {
      await Bun.sleep(judgeMs);
      return { prospect, known: new Set(["now"]), movable: [{ path, reach: path, place: path, isInTheWay }] };
    },
  };
  const record = { wallMs: () => Date.now(), write: (step: IncidentStep) => void steps.push(step) };
  return { steps, prepare: (msMax = 30) => prepareDump(outlook, record, msMax) };
}

describe("a file that the core may not write", () => {
  test("is moved aside however new it is, and waited for where the disk is slow", async () => {
    const path = join(dir, "ncs_crash.dump");
    writeFileSync(path, "another's");
    const { prepare, steps } = scene(path, { judgeMs: 60 });
    expect(await prepare()).toMatchObject({ prospect: { outlook: "good" }, known: new Set(["now"]) });
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(dir)).toEqual([expect.stringContaining("ncs_crash.dump.")]);
    expect(steps).toMatchObject([{ step: "moved-aside", from: path }]);
  });

  test("and that cannot be moved leaves no hope, since NSO would end for nothing", async () => {
    const path = "/proc/self/status";
    const { prepare, steps } = scene(path);
    const { prospect } = await prepare();
    expect(prospect?.outlook).toBe("hopeless");
    expect(prospect?.reasons[0]).toStartWith(
      `${path}: a file that the core may not write is there, and could not be moved aside (`,
    );
    expect(steps).toMatchObject([{ step: "prepare-failed" }]);
  });

  test("nor does one whose disk does not answer", async () => {
    const { prospect } = await scene(join(dir, "ncs_crash.dump"), { judgeMs: 5000 }).prepare();
    expect(prospect).toMatchObject({
      outlook: "hopeless",
      reasons: [expect.stringContaining("(not in time)")],
    });
  });
});

test("an older dump of the core's own does not keep the signal back", async () => {
  const path = join(dir, "ncs_crash.dump");
  const begun = performance.now();
  const { prospect, known } = await scene(path, { isInTheWay: false, judgeMs: 5000 }).prepare();
  expect({ outlook: prospect?.outlook, known }).toEqual({ outlook: "good", known: new Set(["before"]) });
  expect(performance.now() - begun).toBeLessThan(400);
});

test("where nothing was judged before, the first judgement has longer", async () => {
  const path = join(dir, "ncs_crash.dump");
  const first = (judgeMs: number) => scene(path, { isInTheWay: false, judgeMs, isKnown: false }).prepare();
  expect(await first(80)).toMatchObject({ prospect: { outlook: "good" }, known: new Set(["now"]) });
  expect((await first(5000)).prospect).toBeUndefined();
});
