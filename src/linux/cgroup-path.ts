/** Which cgroup directories are above a process. In a sidecar they are not below our own root (facts 2.12). */

import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathLengthMax } from "../core/ceiling-name.ts";
import { type CgroupMount, parseCgroupMounts, pathBelow } from "../core/cgroup-mount.ts";
import { shown } from "../core/shown.ts";
import { type CgroupDir, isLimited, limitFiles } from "./cgroup.ts";
import { readOptional } from "./procfs.ts";
import type { Roots } from "./roots.ts";
import { isSameFile } from "./same-file.ts";

export interface CgroupsAbove {
  /** Those with a file that may hold a limit, innermost first. */
  dirs: CgroupDir[];
  /** Why the limits of its own cgroup cannot be seen; undefined where they can, and where it is in none. */
  unknown?: string | undefined;
}

/** By the text of the process's /proc/PID/cgroup. */
export function findCgroups(roots: Roots, pid: number, text: string): CgroupsAbove {
  const entries = memoryEntries(text);
  const found = entries.map((entry) => ({ ...entry, dirs: locate(roots, pid, entry) }));
  // Beside a version 1 that controls memory, version 2 does not.
  const deciding = found.find(({ version }) => version === 1) ?? found[0];
  const unknown =
    deciding && !deciding.dirs
      ? `the memory limits of NSO's cgroup ${deciding.path} cannot be seen from here`
      : undefined;
  return { dirs: found.flatMap(({ dirs }) => dirs ?? []), unknown };
}

/** The cgroups above `pid` that can be seen from here, innermost first. */
export function cgroupsAbove(roots: Roots, pid: number): CgroupDir[] {
  const text = readOptional(`${roots.procDir}/${pid}/cgroup`);
  return text === undefined ? [] : findCgroups(roots, pid, text).dirs;
}

/** Those of them that are limited now. */
export function findLimitedCgroups(roots: Roots, pid: number): CgroupDir[] {
  return cgroupsAbove(roots, pid).filter(isLimited);
}

/** Whether a process is in the cgroup of a ceiling's name or in one below it; false for one that has ended. */
export function isInCgroup(procDir: string, pid: number, ceilingPath: string): boolean {
  const entries = memoryEntries(readOptional(`${procDir}/${pid}/cgroup`) ?? "");
  // As it is shown in the ceiling's name.
  const below = `${ceilingPath === "/" ? "" : ceilingPath}/`;
  return entries.some(({ path }) => `${shown(path, pathLengthMax)}/`.startsWith(below));
}

/** A line of /proc/PID/cgroup that is of memory. */
export interface MemoryEntry {
  version: 1 | 2;
  path: string;
}

/** Of the text of a process's /proc/PID/cgroup. */
export function memoryEntries(text: string): MemoryEntry[] {
  return text.split("\n").flatMap((line): MemoryEntry[] => {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    if (controllers === "") return [{ version: 2, path }];
    return controllers.split(",").includes("memory") ? [{ version: 1, path }] : [];
  });
}

/** The directories of one entry, by the first mount that shows its path: ours, then the core's. */
function locate(
  { procDir, cgroupDir }: Roots,
  pid: number,
  { version, path }: MemoryEntry,
): CgroupDir[] | undefined {
  const own = hierarchyDir(cgroupDir, version);
  const ours = mountsIn(`${procDir}/self/mountinfo`, version);
  // A made-up directory is no mount: it shows all there is.
  const first = ours.findLast(({ point }) => point === own) ?? { version, root: "/", point: own };
  const theirRoot = `${procDir}/${pid}/root`;
  for (const mount of [first, ...ours]) {
    const dirs = dirsIn(mount, path);
    if (dirs) return dirs;
  }
  for (const mount of coreMounts(theirRoot, `${procDir}/${pid}/mountinfo`, { version, path }, own)) {
    const dirs = existsSync(mount.point) ? dirsIn(mount, path) : undefined;
    if (dirs) return dirs;
  }
  return undefined;
}

/** A host with both versions has the second one aside. */
function hierarchyDir(cgroupDir: string, version: 1 | 2): string {
  if (version === 1) return join(cgroupDir, "memory");
  return existsSync(join(cgroupDir, "unified")) ? join(cgroupDir, "unified") : join(cgroupDir);
}

function mountsIn(file: string, version: 1 | 2): CgroupMount[] {
  return parseCgroupMounts(readOptional(file) ?? "").filter((mount) => mount.version === version);
}

/** As the core has them mounted. Where its mounts may not be read: in a cgroup namespace its root is its own group. */
function coreMounts(
  theirRoot: string,
  mountinfo: string,
  { version, path }: MemoryEntry,
  own: string,
): CgroupMount[] {
  if (existsSync(mountinfo))
    return mountsIn(mountinfo, version).map((mount) => ({ ...mount, point: join(theirRoot, mount.point) }));
  const point = hierarchyDir(`${theirRoot}/sys/fs/cgroup`, version);
  const hasLimit = existsSync(join(point, limitFiles[version][0]));
  return hasLimit && !isSameDirectory(point, own) ? [{ version, root: path, point }] : [];
}

function isSameDirectory(one: string, other: string): boolean {
  try {
    return isSameFile(statSync(one), statSync(other));
  } catch {
    return false;
  }
}

/** From the directory of `path` up to what the mount shows; undefined where the path is not in it. */
function dirsIn({ version, root, point }: CgroupMount, path: string): CgroupDir[] | undefined {
  const inside = pathBelow(root, path);
  if (inside === undefined) return undefined;
  const found: CgroupDir[] = [];
  for (let at = inside; ; at = dirname(at)) {
    const dir = join(point, at);
    if (limitFiles[version].some((file) => existsSync(join(dir, file))))
      found.push({ dir, path: shownPath(root, at), version });
    if (at === "/") return found;
  }
}

/** As /proc/PID/cgroup has it. Not joined: that would resolve the `/..` of a root. */
function shownPath(root: string, inside: string): string {
  if (root === "/") return inside;
  return inside === "/" ? root : `${root}${inside}`;
}
