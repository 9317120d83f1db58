/**
 * What holds memory under a ceiling and is not NSO's: the cgroups beside that of the core, and the processes in its own.
 * Some hundred small files: looked at when memory is short, and not each second.
 */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type BesideUse, besideMax } from "../core/beside.ts";
import { cgroupPathOf, pathLengthMax } from "../core/ceiling-name.ts";
import { shown } from "../core/shown.ts";
import { type CgroupDir, readCurrentBytes, readUse } from "./cgroup.ts";
import { cgroupsAbove } from "./cgroup-path.ts";
import { readOptional, readRssKib } from "./procfs.ts";
import type { Roots } from "./roots.ts";

export interface BesideQuery {
  pid: number;
  ceiling: string;
  /** NSO's processes. */
  own: ReadonlySet<number>;
}

/** The largest first, at most `besideMax`. What cannot be read is left out. */
export function findBeside(roots: Roots, { pid, ceiling, own }: BesideQuery): BesideUse[] {
  const above = cgroupsUnder(roots, pid, ceiling);
  const cgroups = largestLeaves(above.siblingsOf.flatMap(siblingsOf)).flatMap((cgroup): BesideUse[] => {
    // Without what the kernel would give back, as the ceiling is measured.
    const use = readUse(cgroup);
    return use ? [{ name: nameOf(cgroup), usedKib: Math.floor(use.usedBytes / 1024) }] : [];
  });
  const processes = above.within.flatMap((cgroup) => strangersIn(roots.procDir, cgroup, own));
  return [...cgroups, ...processes].toSorted((a, b) => b.usedKib - a.usedKib).slice(0, besideMax);
}

/** The cgroups above the core up to that of the ceiling, for the host's all of them: whose siblings, and whose processes count. */
function cgroupsUnder(
  roots: Roots,
  pid: number,
  ceiling: string,
): { siblingsOf: CgroupDir[]; within: CgroupDir[] } {
  const above = cgroupsAbove(roots, pid);
  const path = cgroupPathOf(ceiling);
  if (path === undefined) return { siblingsOf: above, within: above };
  const at = above.findIndex((one) => shown(one.path, pathLengthMax) === path);
  const limited = above[at];
  if (!limited) return { siblingsOf: [], within: [] };
  const within = above.slice(0, at + 1).filter(({ version }) => version === limited.version);
  return { siblingsOf: within.slice(0, -1), within };
}

/** Of a level; systemd's slices have some hundred units. */
const childrenMax = 1000;
/** Directories below those beside the core: some pods with their containers. */
const listedMax = 64;

interface Charged {
  cgroup: CgroupDir;
  bytes: number;
}

function siblingsOf(cgroup: CgroupDir): Charged[] {
  const parent = { ...cgroup, dir: dirname(cgroup.dir), path: dirname(cgroup.path) };
  // Above the root of a hierarchy is no cgroup.
  if (readOptional(join(parent.dir, "cgroup.procs")) === undefined) return [];
  return childrenOf(parent).filter((one) => one.cgroup.dir !== cgroup.dir);
}

/** Those without cgroups below them, at most `besideMax`: a child holds no more than its parent, so the largest is opened first. */
function largestLeaves(found: readonly Charged[]): CgroupDir[] {
  const leaves: CgroupDir[] = [];
  let open = [...found];
  for (let listed = 0; listed < listedMax && leaves.length < besideMax; listed++) {
    const [first, ...rest] = open.sort((a, b) => b.bytes - a.bytes);
    if (!first) return leaves;
    const children = childrenOf(first.cgroup);
    if (children.length === 0) leaves.push(first.cgroup);
    open = [...rest, ...children];
  }
  return leaves;
}

function childrenOf({ dir, path, version }: CgroupDir): Charged[] {
  return namesIn(dir).flatMap((name): Charged[] => {
    const cgroup = { dir: join(dir, name), path: join(path, name), version };
    const bytes = readCurrentBytes(cgroup);
    return bytes === undefined || bytes === 0 ? [] : [{ cgroup, bytes }];
  });
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .slice(0, childrenMax)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

function nameOf({ path }: CgroupDir): string {
  return shown(`${basename(path)} in cgroup ${dirname(path)}`, pathLengthMax);
}

/** A look at so many takes some ms. */
const processesMax = 256;

function strangersIn(procDir: string, { dir }: CgroupDir, own: ReadonlySet<number>): BesideUse[] {
  const pids = (readOptional(join(dir, "cgroup.procs")) ?? "").split("\n").filter(Boolean).map(Number);
  const strangers = pids.filter((pid) => pid > 0 && !own.has(pid)).slice(0, processesMax);
  return strangers.flatMap((pid): BesideUse[] => {
    const usedKib = readRssKib(procDir, pid);
    if (usedKib === undefined) return [];
    return [
      { name: `${shown(readOptional(`${procDir}/${pid}/comm`)?.trim() ?? "?")} (PID ${pid})`, usedKib },
    ];
  });
}
