import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { standInLabel } from "../../src/core/nso.ts";
import { findFamily } from "../../src/linux/family.ts";
import { coreArguments, coreExecutable, jvmArguments, pythonArguments } from "../lab/command-line.ts";

let procDir = "";
afterEach(() => rmSync(procDir, { recursive: true, force: true }));

interface MadeUp {
  pid: number;
  ppid?: number;
  argv: string[];
  cgroup?: string;
}

const core = (
  pid: number,
  { cgroup, label = [] as string[] }: { cgroup?: string; label?: string[] } = {},
) => ({
  pid,
  argv: [coreExecutable, ...coreArguments(), ...label],
  ...(cgroup === undefined ? {} : { cgroup }),
});
const jvm = (pid: number, at: { ppid?: number; cgroup?: string } = {}) => ({
  pid,
  argv: ["java", ...jvmArguments("/classes", 64)],
  ...at,
});
const python = (pid: number, at: { ppid?: number; cgroup?: string } = {}) => ({
  pid,
  argv: ["python3", ...pythonArguments("/ncs_pyvm/startup.py", "bgworker")],
  ...at,
});

/** The PIDs of the family of the first of `processes`, a core, in a /proc of these processes alone. */
function familyOf(...processes: [MadeUp, ...MadeUp[]]): number[] {
  procDir = mkdtempSync(join(tmpdir(), "nsomem-proc-"));
  for (const { pid, ppid = 1, argv, cgroup = "/" } of processes) {
    const dir = join(procDir, String(pid));
    mkdirSync(dir);
    writeFileSync(join(dir, "cmdline"), `${argv.join("\0")}\0`);
    writeFileSync(join(dir, "stat"), `${pid} (x y) S ${ppid} ${"0 ".repeat(17)}77 0\n`);
    writeFileSync(join(dir, "cgroup"), `0::${cgroup}\n`);
  }
  const [{ pid, argv }] = processes;
  return findFamily(procDir, { pid, startTicks: 77, name: "ncs.smp", argv, confFile: undefined }).map(
    (relative) => relative.pid,
  );
}

describe("the family of a core", () => {
  test("is what descends from it, over a start script between them", () => {
    const script = { pid: 20, ppid: 10, argv: ["/bin/sh", "start-java"] };
    expect(familyOf(core(10), core(11), script, jvm(21, { ppid: 20 }), python(22, { ppid: 11 }))).toEqual([
      21,
    ]);
  });

  test("takes in the children of a Python VM, whatever their command line", () => {
    const child = { pid: 23, ppid: 22, argv: ["python3", "-c", "x", "--multiprocessing-fork"] };
    expect(familyOf(core(10), python(22, { ppid: 10 }), child)).toEqual([22, 23]);
  });

  test("takes in a VM of no core where it is the only core of the host", () => {
    expect(familyOf(core(10), jvm(21))).toEqual([21]);
  });

  test("beside another core takes in only what is in its own cgroup, and there alone", () => {
    const own = { cgroup: "/own" };
    const other = { cgroup: "/other" };
    expect(familyOf(core(10, own), core(11, other), jvm(21, own), python(22, other))).toEqual([21]);
    expect(familyOf(core(10, own), core(11, own), jvm(21, own))).toEqual([]);
  });

  test("is empty for nsomem's own stand-in, though it be the only core: the VMs are a real NSO's", () => {
    expect(familyOf(core(10, { label: [standInLabel, "true"] }), jvm(21), python(22))).toEqual([]);
  });
});
