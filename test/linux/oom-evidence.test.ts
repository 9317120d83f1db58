import { describe, expect, test } from "bun:test";
import { formatOomLines, killLineOf, parseOomRecord } from "../../src/linux/oom-evidence.ts";
import { surveyVictims } from "../../src/linux/oom-victim.ts";
import { coreArgv, makeProc } from "./made-up-proc.ts";

describe("the kernel's log", () => {
  const kill = "Out of memory: Killed process 4242 (ncs.smp) total-vm:3311192kB, anon-rss:664520kB";

  test("a record about an OOM kill has its time since boot and its text", () => {
    expect(parseOomRecord(`3,1183,5040671680,-;${kill}\n SUBSYSTEM=x\n`)).toEqual({
      atUptimeMs: 5040671.68,
      text: kill,
    });
  });

  test("a line is shown with the time of the wall, by what the kernel's clock says now", () => {
    const nowMs = Date.parse("2026-11-28T12:00:00Z");
    const text = formatOomLines([{ atUptimeMs: 5000, text: kill }], nowMs, 65_000);
    const [stamp = "", ...rest] = text.trimEnd().split(" ");
    expect(Date.parse(stamp)).toBe(Date.parse("2026-11-28T11:59:00Z"));
    expect(rest.join(" ")).toBe(kill);
  });

  test("other records and garbage are passed over", () => {
    expect(parseOomRecord("6,1,0,-;Command line: console=ttyS0")).toBeUndefined();
    expect(parseOomRecord("Killed process 4242")).toBeUndefined();
    expect(parseOomRecord("")).toBeUndefined();
  });

  test("a kill belongs to a process by its whole PID and only from the signal on", () => {
    const lines = [{ atUptimeMs: 5000, text: kill }];
    expect(killLineOf(4242, 5000, lines)).toBe(kill);
    expect(killLineOf(4242, 5001, lines)).toBeUndefined();
    expect(killLineOf(424, 0, lines)).toBeUndefined();
  });
});

describe("whom the kernel would take", () => {
  test("the highest oom_score first; what it never takes is not there", () => {
    const proc = makeProc();
    proc.put({ pid: 1, argv: ["init"], oomScore: 0 });
    proc.put({ pid: 100, argv: coreArgv, oomScore: 700 });
    proc.put({ pid: 200, argv: ["postgres"], oomScore: 900 });
    expect(surveyVictims(proc.dir, { msMax: 1000 })).toEqual({
      ranking: [
        { pid: 200, name: "postgres", oomScore: 900 },
        { pid: 100, name: "ncs.smp", oomScore: 700 },
      ],
      complete: true,
    });
    proc.close();
  });

  test("a score from before the shield stands for the one of now", () => {
    const proc = makeProc();
    proc.put({ pid: 100, argv: coreArgv, oomScore: 1 });
    proc.put({ pid: 200, argv: ["postgres"], oomScore: 900 });
    const { ranking } = surveyVictims(proc.dir, { msMax: 1000, known: new Map([[100, 950]]) });
    expect(ranking[0]).toEqual({ pid: 100, name: "ncs.smp", oomScore: 950 });
    proc.close();
  });

  test("in a cgroup only its processes count, those of groups below it too", () => {
    const proc = makeProc();
    proc.put({ pid: 100, argv: coreArgv, oomScore: 700, cgroup: "4:memory:/nso/core\n1:cpu:/\n" });
    proc.put({ pid: 200, argv: ["postgres"], oomScore: 900, cgroup: "4:memory:/nsox\n1:cpu:/nso\n" });
    const { ranking } = surveyVictims(proc.dir, { msMax: 1000, cgroupPath: "/nso" });
    expect(ranking.map(({ pid }) => pid)).toEqual([100]);
    proc.close();
  });

  test("a survey whose time is over says that it is not complete", () => {
    const proc = makeProc();
    proc.put({ pid: 100, argv: coreArgv, oomScore: 700 });
    expect(surveyVictims(proc.dir, { msMax: -1 })).toEqual({ ranking: [], complete: false });
    proc.close();
  });
});
