import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCores, isSameCore } from "../../src/linux/nso.ts";

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

interface MadeUpProcess {
  pid: number;
  ppid?: number;
  startTicks?: number;
  state?: string;
  argv?: string[];
}

const coreArgv = ["/opt/ncs/erts/bin/ncs.smp", "--", "-boot", "ncs", "-conffile", "/etc/ncs/ncs.conf", "--"];

function procWith(...processes: MadeUpProcess[]): string {
  const proc = mkdtempSync(join(tmpdir(), "nso-proc-"));
  dirs.push(proc);
  for (const { pid, ppid = 1, startTicks = 100, state = "S", argv = coreArgv } of processes) {
    mkdirSync(join(proc, String(pid)));
    const fields = [state, ppid, ...Array(17).fill(0), startTicks, 0, 0];
    writeFileSync(join(proc, `${pid}/stat`), `${pid} (ncs (1) smp) ${fields.join(" ")}\n`);
    writeFileSync(join(proc, `${pid}/status`), `Name:\tncs.smp\nTgid:\t${pid}\n`);
    writeFileSync(join(proc, `${pid}/cmdline`), `${argv.join("\0")}\0`);
  }
  return proc;
}

describe("finding the core", () => {
  test("one core is found, with what an operator tells it by", () => {
    const [core] = findCores(procWith({ pid: 8571 }, { pid: 9, argv: ["bash", "-c", "ncs.smp -boot ncs"] }));
    expect(core).toMatchObject({
      pid: 8571,
      startTicks: 100,
      name: "ncs.smp",
      confFile: "/etc/ncs/ncs.conf",
    });
  });

  test("two cores are two", () => {
    expect(findCores(procWith({ pid: 10 }, { pid: 11 }))).toHaveLength(2);
  });

  test("a copy that a core has just forked is not another core", () => {
    expect(findCores(procWith({ pid: 10 }, { pid: 11, ppid: 10 })).map(({ pid }) => pid)).toEqual([10]);
  });

  test("a zombie is not a core", () => {
    expect(findCores(procWith({ pid: 10, state: "Z" }))).toEqual([]);
  });

  test("a reused PID is not the same core, whatever it runs", () => {
    const [core] = findCores(procWith({ pid: 10, startTicks: 100 }));
    if (!core) throw new Error("no core");
    expect(isSameCore(procWith({ pid: 10, startTicks: 100 }), core)).toBe(true);
    expect(isSameCore(procWith({ pid: 10, startTicks: 101 }), core)).toBe(false);
    expect(isSameCore(procWith({ pid: 10, startTicks: 100, argv: ["vim", "ncs.conf"] }), core)).toBe(false);
    expect(isSameCore(procWith(), core)).toBe(false);
  });
});
