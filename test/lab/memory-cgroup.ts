/** A memory cgroup below the test's own, v1 or v2, where the kernel and permissions allow it. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./part.ts";

export interface MemoryCgroup {
  version: 1 | 2;
  /** Its directory under /sys/fs/cgroup. */
  dir: string;
  /** Moves a process in. Its children follow only when they are started afterwards. */
  add(pid: number): void;
  setLimit(mib: number): void;
  usedMib(): number;
  /** How often the kernel's OOM killer struck in it. */
  oomKills(): number;
  /** Ends what is still in it and removes it. */
  remove(): Promise<void>;
}

/** Why none can be made here, or undefined. Tried by making one. */
export function memoryCgroupMissing(): string | undefined {
  try {
    const dir = makeDirectory();
    rmdirSync(dir);
    return undefined;
  } catch (error) {
    return `no memory cgroup may be made here (${error instanceof Error ? error.message : error})`;
  }
}

/** Makes one with a limit in MiB, swap included where the kernel counts it. */
export function createMemoryCgroup({ limitMib }: { limitMib: number }): MemoryCgroup {
  const { version } = hierarchy();
  const dir = makeDirectory();
  const files = version === 1 ? filesV1 : filesV2;
  const cgroup: MemoryCgroup = {
    version,
    dir,
    add: (pid) => writeFileSync(join(dir, "cgroup.procs"), String(pid)),
    setLimit: (mib) => writeFileSync(join(dir, files.limit), String(mib * 1024 ** 2)),
    usedMib: () => Number(readFileSync(join(dir, files.used), "utf8")) / 1024 ** 2,
    oomKills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(dir, files.events), "utf8"))?.[1] ?? 0),
    async remove() {
      for (const pid of readPids(dir)) killQuietly(pid);
      await until(`${dir} to be empty`, () => readPids(dir).length === 0);
      rmdirSync(dir);
    },
  };
  cgroup.setLimit(limitMib);
  const swap = join(dir, files.swap);
  if (existsSync(swap)) writeFileSync(swap, version === 1 ? String(limitMib * 1024 ** 2) : "0");
  return cgroup;
}

const filesV1 = {
  limit: "memory.limit_in_bytes",
  used: "memory.usage_in_bytes",
  events: "memory.oom_control",
  swap: "memory.memsw.limit_in_bytes",
};
const filesV2 = {
  limit: "memory.max",
  used: "memory.current",
  events: "memory.events",
  swap: "memory.swap.max",
};

function makeDirectory(): string {
  const { version, root } = hierarchy();
  const own = ownGroup(version);
  const parent = join(root, own);
  if (version === 2) delegate(parent);
  const dir = mkdtempSync(join(parent, "nsomem-lab-"));
  if (existsSync(join(dir, (version === 1 ? filesV1 : filesV2).limit))) return dir;
  rmdirSync(dir);
  throw new Error(`${parent} does not control memory`);
}

/**
 * v2: a group with processes in it cannot hand memory control to its children, so the test moves into a leaf first.
 * Only itself: where others are in the group (all but a container's or a scope's), there is no cgroup for the lab.
 */
function delegate(parent: string): void {
  const control = join(parent, "cgroup.subtree_control");
  if (readFileSync(control, "utf8").split(/\s/).includes("memory")) return;
  const others = readPids(parent).filter((pid) => pid !== process.pid);
  if (others.length > 0) throw new Error(`${parent} holds other processes`);
  const leaf = join(parent, "nsomem-lab-self");
  mkdirSync(leaf, { recursive: true });
  writeFileSync(join(leaf, "cgroup.procs"), String(process.pid));
  writeFileSync(control, "+memory");
}

function readPids(dir: string): number[] {
  return readFileSync(join(dir, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
}

function hierarchy(): { version: 1 | 2; root: string } {
  if (existsSync("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    return { version: 1, root: "/sys/fs/cgroup/memory" };
  if (existsSync("/sys/fs/cgroup/cgroup.controllers")) return { version: 2, root: "/sys/fs/cgroup" };
  throw new Error("no cgroup file system at /sys/fs/cgroup");
}

/** The path of this process's group within its hierarchy. See cgroups(7), /proc/PID/cgroup. */
function ownGroup(version: 1 | 2): string {
  const lines = readFileSync("/proc/self/cgroup", "utf8").split("\n");
  const form = version === 1 ? /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/ : /^0::(.*)$/;
  for (const line of lines) {
    const path = form.exec(line)?.[1];
    if (path !== undefined) return path;
  }
  throw new Error("/proc/self/cgroup names no memory cgroup");
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
