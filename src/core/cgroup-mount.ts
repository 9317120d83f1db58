/** Where memory cgroups are mounted, and which of their directories is that of a path in `/proc/PID/cgroup`. */

import { parseMountinfo } from "./mountinfo.ts";

/** One mount of a hierarchy that may control memory. `root` is the cgroup that the mount shows at its `point`. */
export interface CgroupMount {
  version: 1 | 2;
  root: string;
  point: string;
}

/**
 * The mounts of version 2, and those of version 1 with the memory controller, of `/proc/PID/mountinfo` in its order; see
 * proc(5). A line is `31 23 0:26 /docker/4f2a /sys/fs/cgroup/memory ro,nosuid - cgroup cgroup rw,memory`. Roots are
 * those that the reader's own cgroup namespace sees, as the paths of `/proc/PID/cgroup` are.
 */
export function parseCgroupMounts(mountinfo: string): CgroupMount[] {
  return parseMountinfo(mountinfo).flatMap(({ fsType, root, point, options }): CgroupMount[] => {
    if (fsType === "cgroup2") return [{ version: 2, root, point }];
    return fsType === "cgroup" && options.includes("memory") ? [{ version: 1, root, point }] : [];
  });
}

/**
 * `path` as seen below a mount that shows `root`; undefined where it is not in it: a core in another container has the
 * path `/../NAME`, which is outside of what our own root holds (facts 2.12).
 */
export function pathBelow(root: string, path: string): string | undefined {
  const rest = root === "/" ? path : path === root ? "/" : restBelow(root, path);
  return rest === undefined || /\/\.\.(?:\/|$)/.test(rest) ? undefined : rest;
}

function restBelow(root: string, path: string): string | undefined {
  return path.startsWith(`${root}/`) ? path.slice(root.length) : undefined;
}
