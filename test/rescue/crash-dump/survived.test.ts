/** A dump that takes longer than its time-out: watched on while it grows, and its verdict mended where it was given up. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../../src/core/config.ts";
import { summariseIncident } from "../../../src/core/incident.ts";
import type { IncidentStep } from "../../../src/core/incident-step.ts";
import { doNow } from "../../../src/linux/file-work.ts";
import { hostClock } from "../../../src/linux/host-clock.ts";
import { type Incidents, openIncidents } from "../../../src/record/incident.ts";
import { readIncident } from "../../../src/record/incident-log.ts";
import { createLane } from "../../../src/record/lane.ts";
import { mendSurvived } from "../../../src/rescue/crash-dump/survived.ts";
import { findSurvived } from "../../../src/rescue/crash-dump/unfinished.ts";
import { coreArgv, type MadeUpProc, makeProc } from "../../linux/made-up-proc.ts";

const id = "20261123T120000-000-physical";
let proc: MadeUpProc;
let dir: string;
let incidents: Incidents;
beforeEach(() => {
  proc = makeProc();
  dir = mkdtempSync(join(tmpdir(), "nsomem-survived-"));
  incidents = openIncidents(dir, createLane());
  mkdirSync(join(proc.dir, "sys/kernel/random"), { recursive: true });
  writeFileSync(join(proc.dir, "sys/kernel/random/boot_id"), "this-boot\n");
});
afterEach(() => {
  proc.close();
  rmSync(dir, { recursive: true, force: true });
});

const dumpPath = () => join(dir, "erl_crash.dump");

/** An incident whose verdict is that the core survived. */
async function leaveSurvived(word: "survived" | "complete" = "survived"): Promise<void> {
  const incident = incidents.open(id);
  const reading = {
    ...({ kind: "physical", level: "critical", usedKib: 96, limitKib: 100, thresholdPercent: 95 } as const),
    ...({ ceiling: "host", atMs: 1, source: "tool" } as const),
  };
  const pid = 100;
  const core = { pid, startTicks: 1000, argv: coreArgv, bootId: "this-boot" };
  const steps: IncidentStep[] = [
    {
      step: "critical",
      rule: "crit_phy",
      reading,
      ...core,
      places: [dumpPath()],
      alike: false,
      prospect: null,
    },
    { step: "signal-intended", pid, signal: "SIGUSR1" },
    { step: "prepared", recordSynced: true, prospect: null, known: [] },
    { step: "signal-sent", pid, signal: "SIGUSR1" },
    { step: "verdict", word, coreEnded: false, dump: null },
  ];
  for (const step of steps) incident.record(hostClock.wallMs(), step);
  incident.close();
  await incidents.finish(5000);
}

async function mend(stop = new AbortController().signal) {
  const [survived] = doNow(findSurvived(dir));
  if (!survived) throw new Error("none has survived");
  const host = {
    roots: { procDir: proc.dir, cgroupDir: "/nonexistent" },
    ...hostClock,
    journal: { action() {} },
  };
  const outcome = await mendSurvived({ config: defaultConfig(), host, stop }, incidents, survived);
  await incidents.finish(5000);
  return outcome;
}
const verdict = () => summariseIncident(id, readIncident(dir, id)?.steps ?? []).verdict;

describe("an incident whose core survived its watch", () => {
  test("is complete when the dump is there after all, and is not looked at again", async () => {
    await leaveSurvived();
    writeFileSync(dumpPath(), "…\n=end\n");
    expect(await mend()).toMatchObject({ outcome: "done", files: [dumpPath()] });
    expect(verdict()).toBe("complete");
    expect(doNow(findSurvived(dir))).toEqual([]);
  });

  test("keeps its verdict where there is no dump, to be looked at by the next agent", async () => {
    await leaveSurvived();
    expect(await mend()).toBeUndefined();
    expect(verdict()).toBe("survived");
    expect(doNow(findSurvived(dir))).toHaveLength(1);
  });

  test("is judged when a core that still lives has ended", async () => {
    await leaveSurvived();
    proc.put({ pid: 100, argv: coreArgv });
    setTimeout(() => {
      writeFileSync(dumpPath(), "half of it");
      proc.remove(100);
    }, 100);
    expect(await mend()).toMatchObject({ outcome: "partial" });
    expect(verdict()).toBe("cut");
  });

  test("holds up no stop of the agent", async () => {
    await leaveSurvived();
    proc.put({ pid: 100, argv: coreArgv });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect(await mend(controller.signal)).toBeUndefined();
    expect(verdict()).toBe("survived");
  });

  test("is the only one that is looked for", async () => {
    await leaveSurvived("complete");
    expect(doNow(findSurvived(dir))).toEqual([]);
  });
});
