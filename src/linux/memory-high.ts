/** memory.high above a core: raised while it dumps, since a throttled dump crawls, and put back (facts 2.10). */

import { accessSync, constants } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describeError, errnoOf } from "../core/errors.ts";
import type { HighChange } from "../core/incident-step.ts";
import { type CgroupDir, limitBytesOf, readUse } from "./cgroup.ts";
import { cgroupsAbove } from "./cgroup-path.ts";
import { call, doLater, type FileWork, writeAll } from "./file-work.ts";
import { readMeminfo } from "./meminfo.ts";
import { readOptional } from "./procfs.ts";
import type { Roots } from "./roots.ts";

/** A dump needs little but page cache, which is given back. What the VMs then grow by ends in their own end (shed). */
const roomBytesMax = 256 * 1024 ** 2;
const pageBytes = 4096;

/**
 * Those that leave less room than a dump may take, of the cgroup of `pid` and of each above it: to as much more as that,
 * and to no more than half of what the host has left. Nothing is written yet.
 */
export function planHighs(roots: Roots, pid: number): HighChange[] {
  const { memAvailableKib } = readMeminfo(roots.procDir);
  const roomBytes = Math.min(roomBytesMax, (memAvailableKib * 1024) / 2);
  return cgroupsAbove(roots, pid)
    .filter((cgroup) => isOurs(roots, cgroup))
    .flatMap((cgroup) => planHigh(cgroup, roomBytes) ?? []);
}

function planHigh(cgroup: CgroupDir, roomBytes: number): HighChange | undefined {
  const file = highOf(cgroup);
  const fromBytes = highBytesIn(file);
  const use = readUse(cgroup);
  if (fromBytes === undefined || !use || fromBytes - use.usedBytes >= roomBytes) return undefined;
  // What is charged counts: the cache too, until it is given back.
  const pages = Math.ceil((Math.max(fromBytes, use.currentBytes) + roomBytes) / pageBytes);
  return { path: cgroup.path, file, fromBytes, toBytes: pages * pageBytes };
}

/** One below /proc/PID/root is in the hands of whoever made that container: root writes nothing there (facts 2.12). */
function isOurs({ procDir }: Roots, { dir, version }: CgroupDir): boolean {
  const inProc = dir.startsWith(`${procDir}/`) ? dir.slice(procDir.length + 1) : "";
  return version === 2 && !/^\d+\//.test(inProc);
}

function highOf({ dir }: CgroupDir): string {
  return join(dir, "memory.high");
}

/** Why it was not written, or undefined. Beside this thread: the kernel may reclaim down to a lower value first. */
export async function writeHigh(file: string, bytes: number): Promise<string | undefined> {
  try {
    await doLater(writeValue(file, String(bytes)));
    return undefined;
  } catch (error) {
    return errnoOf(error) ?? describeError(error);
  }
}

/** With O_NONBLOCK kernels from 6.16 on do not reclaim in the write. */
const openFlags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

function* writeValue(file: string, value: string): FileWork<void> {
  const descriptor = yield* call.open(file, openFlags);
  try {
    yield* writeAll(descriptor, Buffer.from(value));
  } finally {
    yield* call.close(descriptor);
  }
}

/**
 * Puts back what was raised, of each file the first value there was. One that has another value by now is somebody
 * else's, and stays; so does that of a cgroup that is gone, or was made anew. Returns what was put back.
 */
export async function restoreHighs(
  { cgroupDir }: Roots,
  changes: readonly HighChange[],
): Promise<HighChange[]> {
  const restored: HighChange[] = [];
  for (const file of new Set(changes.map((change) => change.file))) {
    const ofFile = changes.filter((change) => change.file === file);
    const [first] = ofFile;
    if (!first || !isBelow(cgroupDir, file)) continue;
    const now = highBytesIn(file);
    if (now === undefined || !ofFile.some(({ toBytes }) => toBytes === now)) continue;
    if ((await writeHigh(file, first.fromBytes)) === undefined) restored.push({ ...first, toBytes: now });
  }
  return restored;
}

function isBelow(cgroupDir: string, file: string): boolean {
  return (
    file === resolve(file) && file.startsWith(`${resolve(cgroupDir)}/`) && basename(file) === "memory.high"
  );
}

/** Undefined for "max", and where there is none. */
function highBytesIn(file: string): number | undefined {
  try {
    return limitBytesOf(readOptional(file)?.trim() ?? "");
  } catch {
    // ENODEV: the cgroup is being removed.
    return undefined;
  }
}

/** Whether this process may raise it. */
export function mayRaiseHigh(roots: Roots, cgroup: CgroupDir): boolean {
  if (!isOurs(roots, cgroup)) return false;
  try {
    accessSync(highOf(cgroup), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
