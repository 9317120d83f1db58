import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readCgroup } from "../../src/linux/cgroup.ts";
import { findCgroups } from "../../src/linux/cgroup-path.ts";
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
const look = (cgroup: string) => findCgroups({ procDir: proc.dir, cgroupDir }, 7, cgroup);
const ceilings = (cgroup: string) => look(cgroup).dirs.flatMap((dir) => readCgroup(dir).ceilings);
/** A line of mountinfo: what is mounted at `point`, of which cgroup. */
const mount = (root: string, point: string, version: 1 | 2 = 2) =>
  `31 23 0:26 ${root} ${point} ro,nosuid master:5 - ${version === 2 ? "cgroup2 cgroup rw" : "cgroup cgroup rw,memory"}\n`;
function write(path: string, text: string): void {
  mkdirSync(dirname(join(proc.dir, path)), { recursive: true });
  writeFileSync(join(proc.dir, path), text);
}

describe("cgroup v2", () => {
  test("every ancestor with a limit counts, innermost first, without what the kernel would give back", () => {
    group("nso.slice", {
      "memory.max": 900 * mib,
      "memory.current": 500 * mib,
      "memory.stat": "inactive_file 0",
    });
    group("nso.slice/core", { "memory.max": "max", "memory.current": 300 * mib });
    group("nso.slice/core/ncs", {
      "memory.max": 400 * mib,
      "memory.current": 300 * mib,
      "memory.stat": `anon 1\ninactive_file ${100 * mib}\nactive_file ${20 * mib}\nslab_reclaimable ${10 * mib}\nfile_dirty ${4 * mib}\nfile_writeback ${mib}`,
    });
    expect(ceilings("0::/nso.slice/core/ncs\n")).toEqual([
      { name: "cgroup:/nso.slice/core/ncs", usedKib: 175 * 1024, limitKib: 400 * 1024 },
      { name: "cgroup:/nso.slice", usedKib: 500 * 1024, limitKib: 900 * 1024 },
    ]);
  });

  test("memory.high is a ceiling of its own, after the memory.max of the same cgroup", () => {
    group("a", { "memory.max": 400 * mib, "memory.high": 300 * mib, "memory.current": 200 * mib });
    group(".", { "memory.max": "max", "memory.high": 900 * mib, "memory.current": 250 * mib });
    expect(ceilings("0::/a\n").map(({ name, limitKib }) => [name, limitKib / 1024])).toEqual([
      ["cgroup:/a", 400],
      ["cgroup:/a memory.high", 300],
      ["cgroup:/ memory.high", 900],
    ]);
  });

  test("what could be measured and what has no limit was seen; what could not was not", () => {
    group("a", { "memory.max": 400 * mib, "memory.high": "max" });
    expect(look("0::/a\n").dirs.map(readCgroup)).toEqual([{ seen: ["cgroup:/a memory.high"], ceilings: [] }]);
  });

  test("beside v1 it stands under unified", () => {
    group("unified/a", { "memory.max": 400 * mib, "memory.current": 0 });
    expect(ceilings("1:cpu:/a\n0::/a\n")).toEqual([{ name: "cgroup:/a", usedKib: 0, limitKib: 400 * 1024 }]);
  });
});

describe("cgroup v1", () => {
  const unlimited = "9223372036854771712";

  test("the memory hierarchy counts, whatever else it is mounted with; no limit is none", () => {
    group("memory", { "memory.limit_in_bytes": unlimited, "memory.usage_in_bytes": 1 });
    group("memory/nso", {
      "memory.limit_in_bytes": 400 * mib,
      "memory.usage_in_bytes": 300 * mib,
      "memory.stat": `inactive_file 1\ntotal_dirty ${mib}\ntotal_writeback ${2 * mib}\ntotal_inactive_file ${50 * mib}\ntotal_active_file ${20 * mib}`,
    });
    expect(ceilings("5:cpu,memory:/nso\n2:cpuset:/other\n")).toEqual([
      { name: "cgroup:/nso", usedKib: 233 * 1024, limitKib: 400 * 1024 },
    ]);
  });

  test("a container that sees the host's path but only its own group has the root as ceiling", () => {
    group("memory", { "memory.limit_in_bytes": 400 * mib, "memory.usage_in_bytes": 300 * mib });
    expect(ceilings("4:memory:/docker/4f2a\n").map(({ name }) => name)).toEqual(["cgroup:/"]);
    // Where the mounts say so, it is called as /proc/PID/cgroup calls it.
    write("self/mountinfo", mount("/docker/4f2a", join(cgroupDir, "memory"), 1));
    expect(ceilings("4:memory:/docker/4f2a\n").map(({ name }) => name)).toEqual(["cgroup:/docker/4f2a"]);
  });
});

describe("a core in another container", () => {
  beforeEach(() => {
    proc.put({ pid: 7 });
    group(".", { "memory.max": 400 * mib, "memory.current": 300 * mib });
  });
  const theirs = () => write("7/root/sys/fs/cgroup/memory.max", `${200 * mib}\n`);
  const current = () => write("7/root/sys/fs/cgroup/memory.current", `${100 * mib}\n`);

  test.each(["/../nso", "/..", "/../..", "/../../other"])("%s is not in our own root: unknown", (path) => {
    expect(look(`0::${path}\n`)).toEqual({
      dirs: [],
      unknown: `the memory limits of NSO's cgroup ${path} cannot be seen from here`,
    });
  });

  test("is measured by its own root, where that can be seen", () => {
    theirs();
    current();
    expect(look("0::/../nso\n").unknown).toBeUndefined();
    expect(ceilings("0::/../nso\n")).toEqual([
      { name: "cgroup:/../nso", usedKib: 100 * 1024, limitKib: 200 * 1024 },
    ]);
  });

  test("is measured below its own mount, by its path there", () => {
    write("7/mountinfo", mount("/../nso", "/cg"));
    write("7/root/cg/app/memory.max", `${150 * mib}\n`);
    write("7/root/cg/app/memory.current", `${mib}\n`);
    write("7/root/cg/memory.max", `${200 * mib}\n`);
    write("7/root/cg/memory.current", `${mib}\n`);
    expect(ceilings("0::/../nso/app\n").map(({ name }) => name)).toEqual([
      "cgroup:/../nso/app",
      "cgroup:/../nso",
    ]);
  });

  test("with our own mounts has none of its own: unknown", () => {
    write("7/mountinfo", mount("/", "/sys/fs/cgroup"));
    theirs();
    expect(look("0::/../nso\n").dirs).toEqual([]);
    expect(look("0::/../nso\n").unknown).toContain("/../nso");
  });

  test("whose root is ours, as far as can be seen, is unknown", () => {
    mkdirSync(join(proc.dir, "7/root/sys/fs"), { recursive: true });
    symlinkSync(cgroupDir, join(proc.dir, "7/root/sys/fs/cgroup"));
    expect(look("0::/../nso\n").dirs).toEqual([]);
  });

  test("is measured in a mount of ours that shows the parent of our own root", () => {
    group("shared/nso", { "memory.max": 250 * mib, "memory.current": mib });
    write("self/mountinfo", mount("/", cgroupDir) + mount("/..", join(cgroupDir, "shared")));
    expect(ceilings("0::/../nso\n").map(({ name }) => name)).toEqual(["cgroup:/../nso"]);
  });

  test("without a cgroup namespace is beside our own group, and not in it", () => {
    write("self/mountinfo", mount("/pod 1/side".replace(" ", "\\040"), cgroupDir));
    expect(look("0::/pod 1/nso\n").unknown).toContain("/pod 1/nso");
    expect(look("0::/pod 1/side\n").dirs.map(({ path }) => path)).toEqual(["/pod 1/side"]);
  });

  test("beside a version 1 that controls memory, the path of version 2 says nothing", () => {
    group("memory/nso", { "memory.limit_in_bytes": 300 * mib, "memory.usage_in_bytes": mib });
    expect(look("4:memory:/nso\n0::/../nso\n").unknown).toBeUndefined();
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
