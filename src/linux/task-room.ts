/**
 * How many threads and processes may still be made here. Bun ends with a page about a crash of its own where it cannot
 * start a thread, so that is asked before one is needed. See cgroups(7), pids; getrlimit(2), RLIMIT_NPROC.
 */

import { listPids, readOptional } from "./procfs.ts";
import type { Roots } from "./roots.ts";

/** The tightest limit. */
export interface TaskRoom {
  left: number;
  /** In words, with its value: "pids.max of cgroup /user.slice is 12". */
  limit: string;
}

/** Undefined where nothing limits them. Never throws. */
export function taskRoom(roots: Roots): TaskRoom | undefined {
  try {
    const rooms = [...cgroupRooms(roots), ...userRoom(roots)];
    return rooms.toSorted((one, other) => one.left - other.left)[0];
  } catch {
    return undefined;
  }
}

function cgroupRooms({ procDir, cgroupDir }: Roots): TaskRoom[] {
  const lines = (readOptional(`${procDir}/self/cgroup`) ?? "").split("\n");
  return lines.flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    const mount = controllers === "" ? cgroupDir : `${cgroupDir}/pids`;
    if (controllers !== "" && !controllers.split(",").includes("pids")) return [];
    const above = path.split("/").filter(Boolean);
    // Its own first; the last is what the mount shows as the root, which in a container has a limit too.
    return [...above, ""].flatMap((_, index) => {
      const own = `/${above.slice(0, above.length - index).join("/")}`;
      const [max, current] = ["pids.max", "pids.current"].map((name) => numberIn(`${mount}${own}/${name}`));
      if (max === undefined || current === undefined) return [];
      return [{ left: max - current, limit: `pids.max of cgroup ${own} is ${max}` }];
    });
  });
}

/** Root is exempt. Counting a user's threads reads all processes, so a limit that none comes near is not looked into. */
const limitWorthCounting = 1000;

function userRoom({ procDir }: Roots): TaskRoom[] {
  const uid = process.getuid?.() ?? 0;
  const limits = readOptional(`${procDir}/self/limits`) ?? "";
  const max = Number(/^Max processes +(\d+)/m.exec(limits)?.[1] ?? Number.NaN);
  if (uid === 0 || !(max <= limitWorthCounting)) return [];
  const used = listPids(procDir).reduce((sum, pid) => {
    const status = readOptional(`${procDir}/${pid}/status`) ?? "";
    const owner = /^Uid:\s+(\d+)/m.exec(status)?.[1];
    return sum + (Number(owner) === uid ? Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0) : 0);
  }, 0);
  return [{ left: max - used, limit: `the limit of processes of user ${uid} (ulimit -u) is ${max}` }];
}

function numberIn(path: string): number | undefined {
  const text = readOptional(path)?.trim() ?? "";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
