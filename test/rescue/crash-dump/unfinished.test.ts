import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "../../../src/core/config.ts";
import { summariseIncident } from "../../../src/core/incident.ts";
import type { HighChange, ScoreChange } from "../../../src/core/incident-step.ts";
import { doNow } from "../../../src/linux/file-work.ts";
import { knownFiles } from "../../../src/linux/find-dump.ts";
import { hostClock } from "../../../src/linux/host-clock.ts";
import { openIncidents } from "../../../src/record/incident.ts";
import { readIncident } from "../../../src/record/incident-log.ts";
import { createLane } from "../../../src/record/lane.ts";
import { findUnfinished, finishUnfinished, wasSignalled } from "../../../src/rescue/crash-dump/unfinished.ts";
import { coreArgv, jvmArgv, type MadeUpProc, makeProc } from "../../linux/made-up-proc.ts";

let proc: MadeUpProc;
let dir: string;
const id = "20261123T120000-000-physical";
const core = { pid: 100, startTicks: 1000, uid: 0, name: "ncs.smp", argv: coreArgv, confFile: undefined };

beforeEach(() => {
  proc = makeProc();
  dir = mkdtempSync(join(tmpdir(), "nsomem-unfinished-"));
  mkdirSync(join(proc.dir, "sys/kernel/random"), { recursive: true });
  bootInto("this-boot");
});
afterEach(() => {
  proc.close();
  rmSync(dir, { recursive: true, force: true });
});

const bootInto = (boot: string) => writeFileSync(join(proc.dir, "sys/kernel/random/boot_id"), `${boot}\n`);

/** An incident whose agent ended right after the signal to the core with PID 100. */
async function leaveBehind({
  sent = true,
  alike = false,
  known = null as string[] | null,
  uptimeMs = undefined as number | undefined,
  highs = [] as HighChange[],
  changes = [] as ScoreChange[],
} = {}): Promise<void> {
  const incidents = openIncidents(dir, createLane());
  const incident = incidents.open(id);
  const atMs = Date.now();
  const reading = {
    kind: "physical",
    level: "critical",
    usedKib: 96,
    limitKib: 100,
    thresholdPercent: 95,
    ceiling: "host",
    atMs,
    source: "tool",
  } as const;
  const { pid, startTicks, argv } = core;
  const places = [join(dir, "erl_crash.dump")];
  incident.record(atMs, {
    step: "critical",
    rule: "crit_phy",
    reading,
    pid,
    startTicks,
    argv,
    places,
    alike,
    bootId: "this-boot",
    prospect: null,
  });
  incident.record(atMs, { step: "signal-intended", pid, signal: "SIGUSR1", uptimeMs, changes });
  incident.record(atMs, { step: "prepared", recordSynced: true, prospect: null, known });
  if (sent) incident.record(atMs, { step: "signal-sent", pid, signal: "SIGUSR1", uptimeMs });
  if (highs.length > 0) incident.record(atMs, { step: "high-raised", changes: highs });
  incident.close();
  expect(await incidents.finish(5000)).toBe(true);
}

async function finish({ isInRegister = false } = {}): Promise<string> {
  const [unfinished] = doNow(findUnfinished(dir));
  if (!unfinished) throw new Error("nothing is unfinished");
  const incidents = openIncidents(dir, createLane());
  const { message } = await finishUnfinished(
    {
      config: defaultConfig(),
      host: {
        roots: { procDir: proc.dir, cgroupDir: dir },
        ...hostClock,
        journal: { action() {} },
      },
      stop: new AbortController().signal,
      note: () => {},
      survived: () => {},
    },
    { incidents, register: { wasSignalled: () => Promise.resolve(isInRegister) } },
    unfinished,
  );
  expect(await incidents.finish(5000)).toBe(true);
  return message;
}
const verdict = () => summariseIncident(id, readIncident(dir, id)?.steps ?? []).verdict;

describe("an incident without a verdict", () => {
  test("after a reboot is judged by what is on disk: whole", async () => {
    await leaveBehind();
    writeFileSync(join(dir, "erl_crash.dump"), "…\n=end\n");
    bootInto("the-next-boot");
    // The PID and even its start tick may be taken by another NSO by now.
    proc.put({ pid: 100, argv: coreArgv });
    expect(await finish()).toContain("complete while nobody watched");
    expect(verdict()).toBe("complete");
    expect(doNow(findUnfinished(dir))).toEqual([]);
  });

  test("has memory.high put back that its agent had raised, before there is a verdict", async () => {
    const file = join(dir, "memory.high");
    writeFileSync(file, "8192\n");
    await leaveBehind({ highs: [{ path: "/ncs.service", file, fromBytes: 4096, toBytes: 8192 }] });
    await finish();
    expect(readFileSync(file, "utf8")).toStartWith("4096");
    const names = readIncident(dir, id)?.steps.map(({ step }) => step) ?? [];
    expect(names.indexOf("high-restored")).toBeGreaterThan(0);
    expect(names.indexOf("high-restored")).toBeLessThan(names.indexOf("verdict"));
  });

  test("is judged by what is on disk: cut, or nothing", async () => {
    await leaveBehind();
    bootInto("the-next-boot");
    expect(await finish()).toContain("the host was started anew since");
    expect(verdict()).toBe("missing");
    rmSync(join(dir, id), { recursive: true });
    await leaveBehind();
    writeFileSync(join(dir, "erl_crash.dump"), "half of it");
    expect(await finish()).toContain("no end mark");
    expect(verdict()).toBe("cut");
  });

  test("does not take a dump that was there before the signal for its own, whatever its time says", async () => {
    const dump = join(dir, "erl_crash.dump");
    writeFileSync(dump, "…\n=end\n");
    const known = [...(await knownFiles({ places: [{ path: dump, reach: dump }], alike: false }))];
    await leaveBehind({ known });
    await finish();
    expect(verdict()).toBe("missing");
  });

  test("finds one that a file server with a slow clock dates before the signal", async () => {
    await leaveBehind({ known: [] });
    const dump = join(dir, "erl_crash.dump");
    writeFileSync(dump, "…\n=end\n");
    utimesSync(dump, new Date(Date.now() - 20_000), new Date(Date.now() - 20_000));
    await finish();
    expect(verdict()).toBe("complete");
  });

  test("finds one with a time in its name where the environment could not be read", async () => {
    await leaveBehind({ known: [], alike: true });
    writeFileSync(join(dir, "erl_crash.dump.20261123-120000"), "…\n=end\n");
    expect(await finish()).toContain("erl_crash.dump.20261123-120000");
    expect(verdict()).toBe("complete");
  });

  test("is not watched on where another process took the PID", async () => {
    await leaveBehind();
    proc.put({ pid: 100, argv: coreArgv, startTicks: 1001 });
    await finish();
    expect(verdict()).toBe("missing");
  });

  test("gives back the scores that its agent was about to change, though it did not live to say that they are changed", async () => {
    const adj = (pid: number) => readFileSync(join(proc.dir, String(pid), "oom_score_adj"), "utf8").trim();
    const write = (pid: number, value: number) =>
      writeFileSync(join(proc.dir, String(pid), "oom_score_adj"), String(value));
    const changes = [
      { pid: 100, startTicks: 1000, from: 7, to: -999 },
      { pid: 102, startTicks: 1020, from: 0, to: 1000 },
    ];
    proc.put({ pid: 100, argv: coreArgv });
    proc.put({ pid: 102, argv: jvmArgv });
    write(100, -999);
    // Somebody else has given that one another score since.
    write(102, 300);
    await leaveBehind({ sent: false, changes });
    await finish();
    expect([adj(100), adj(102)]).toEqual(["7", "300"]);
  });

  test("gives back no score after a reboot: the number may be another's", async () => {
    proc.put({ pid: 100, argv: coreArgv });
    const file = join(proc.dir, "100/oom_score_adj");
    writeFileSync(file, "-999");
    await leaveBehind({ changes: [{ pid: 100, startTicks: 1000, from: 7, to: -999 }] });
    bootInto("the-next-boot");
    await finish();
    expect(readFileSync(file, "utf8")).toBe("-999");
  });

  test("whose signal was only intended leaves a core that lives to the rules", async () => {
    await leaveBehind({ sent: false });
    proc.put({ pid: 100, argv: coreArgv });
    expect(await finish()).toContain("the agent ended before the signal");
    expect(verdict()).toBe("withheld");
  });

  test("whose signal was only intended is watched on where the register says that it went out", async () => {
    await leaveBehind({ sent: false });
    proc.put({ pid: 100, argv: coreArgv });
    setTimeout(() => proc.remove(100), 100);
    expect(await finish({ isInRegister: true })).toContain("NSO ended after");
    expect(verdict()).toBe("missing");
  });

  test("is timed by the time since boot: the time of day may have been set between two agents", async () => {
    writeFileSync(join(proc.dir, "uptime"), "5000.50 1.00\n");
    await leaveBehind({ uptimeMs: 4_990_000 });
    proc.put({ pid: 100, argv: coreArgv });
    setTimeout(() => proc.remove(100), 100);
    expect(await finish()).toContain("NSO ended after 11 s");
  });

  test("keeps the core from a second signal, and no other core", async () => {
    await leaveBehind();
    expect(doNow(wasSignalled(dir, proc.dir, core))).toBe(true);
    expect(doNow(wasSignalled(dir, proc.dir, { ...core, pid: 101 }))).toBe(false);
    expect(doNow(wasSignalled(dir, proc.dir, { ...core, startTicks: 1001 }))).toBe(false);
    bootInto("the-next-boot");
    expect(doNow(wasSignalled(dir, proc.dir, core))).toBe(false);
  });

  test("whose last line was cut by the end of the host is still read, and what follows stands on a new one", async () => {
    await leaveBehind();
    const file = join(dir, id, "incident.jsonl");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"at":"2026-11-23T12:00:0`);
    expect(readIncident(dir, id)?.damagedLines).toBe(1);
    expect(doNow(findUnfinished(dir))).toHaveLength(1);
    const incidents = openIncidents(dir, createLane());
    const incident = incidents.open(id);
    incident.record(Date.now(), { step: "resumed", pid: 1 });
    incident.close();
    expect(await incidents.finish(5000)).toBe(true);
    expect(readIncident(dir, id)?.steps.at(-1)?.step).toBe("resumed");
  });
});
