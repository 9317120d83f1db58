import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findCeilings, readCeiling } from "../../src/linux/cgroup.ts";
import { readOomKills } from "../../src/linux/oom-evidence.ts";
import { type MadeUpProc, makeProc } from "./made-up-proc.ts";

let proc: MadeUpProc;
let cgroupDir: string;
beforeEach(() => {
  proc = makeProc();
  cgroupDir = mkdtempSync(join(tmpdir(), "nsomem-cgroup-"));
});
afterEach(() => {
  proc.close();
  rmSync(cgroupDir, { recursive: true, force: true });
});

const mib = 1024 ** 2;
/** A cgroup directory with its files. */
function group(path: string, files: Record<string, string | number>): void {
  const dir = join(cgroupDir, path);
  mkdirSync(dir, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), `${content}\n`);
}
function ceilings(cgroup: string) {
  proc.put({ pid: 7, cgroup });
  return findCeilings(proc.dir, cgroupDir, 7).map((ceiling) => ({
    path: ceiling.path,
    ...readCeiling(ceiling),
  }));
}

describe("cgroup v2", () => {
  test("every ancestor with a limit counts, innermost first; inactive file pages do not", () => {
    group("nso.slice", {
      "memory.max": 900 * mib,
      "memory.current": 500 * mib,
      "memory.stat": "inactive_file 0",
    });
    group("nso.slice/core", { "memory.max": "max", "memory.current": 300 * mib });
    group("nso.slice/core/ncs", {
      "memory.max": 400 * mib,
      "memory.current": 300 * mib,
      "memory.stat": `anon 1\ninactive_file ${100 * mib}\nactive_file 5`,
    });
    expect(ceilings("0::/nso.slice/core/ncs\n")).toEqual([
      { path: "/nso.slice/core/ncs", usedKib: 200 * 1024, limitKib: 400 * 1024 },
      { path: "/nso.slice", usedKib: 500 * 1024, limitKib: 900 * 1024 },
    ]);
  });

  test("a path outside of this cgroup namespace ends at its root", () => {
    group(".", { "memory.max": 400 * mib, "memory.current": 300 * mib });
    expect(ceilings("0::/../../other\n").map(({ path }) => path)).toEqual(["/"]);
  });

  test("beside v1 it stands under unified", () => {
    group("unified/a", { "memory.max": 400 * mib, "memory.current": 0 });
    expect(ceilings("1:cpu:/a\n0::/a\n")).toEqual([{ path: "/a", usedKib: 0, limitKib: 400 * 1024 }]);
  });
});

describe("cgroup v1", () => {
  const unlimited = "9223372036854771712";

  test("the memory hierarchy counts, whatever else it is mounted with; no limit is none", () => {
    group("memory", { "memory.limit_in_bytes": unlimited, "memory.usage_in_bytes": 1 });
    group("memory/nso", {
      "memory.limit_in_bytes": 400 * mib,
      "memory.usage_in_bytes": 300 * mib,
      "memory.stat": `inactive_file 1\ntotal_inactive_file ${50 * mib}`,
    });
    expect(ceilings("5:cpu,memory:/nso\n2:cpuset:/other\n")).toEqual([
      { path: "/nso", usedKib: 250 * 1024, limitKib: 400 * 1024 },
    ]);
  });

  test("a container that sees the host's path but only its own group has the root as ceiling", () => {
    group("memory", { "memory.limit_in_bytes": 400 * mib, "memory.usage_in_bytes": 300 * mib });
    expect(ceilings("4:memory:/docker/4f2a\n").map(({ path }) => path)).toEqual(["/"]);
  });
});

test("without a cgroup file or a limit there is no ceiling", () => {
  expect(ceilings("")).toEqual([]);
  expect(ceilings("4:memory:/gone\n0::/gone\n")).toEqual([]);
});

test("kills are counted where each version keeps them", () => {
  group("two", { "memory.events": "low 0\noom 3\noom_kill 2" });
  group("one", { "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1" });
  const kills = (path: string, version: 1 | 2) => readOomKills({ dir: join(cgroupDir, path), path, version });
  expect([kills("two", 2), kills("one", 1), kills("none", 2)]).toEqual([2, 1, undefined]);
});
