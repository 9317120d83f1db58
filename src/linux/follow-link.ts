/** Where a path leads, in the root of a process that may have mounts of its own. */

import { lstat, readlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReachablePlace } from "./dump-file.ts";
import { reachIn } from "./mount-root.ts";

/** As many as the kernel follows, see path_resolution(7). */
const linksMax = 40;

/**
 * The place that `place` leads to, itself where it is no link; undefined where the links go in a circle. What it leads
 * to need not exist: a file that is opened for writing there is made behind the link. `root` is "/" or the way into
 * another root: a link in there leads to a path of that root, and not of ours.
 */
export async function followLink(place: ReachablePlace, root: string): Promise<ReachablePlace | undefined> {
  return (await isLink(place.reach)) ? await resolveLinks(place, root) : place;
}

/** The same with every directory on the way, which the kernel follows for our own root alone. */
export async function resolveLinks(
  { path }: ReachablePlace,
  root: string,
): Promise<ReachablePlace | undefined> {
  const real = await walk(path, root === "/" ? "" : root);
  if (real === undefined) return undefined;
  return { path: real, reach: reachIn(root, real) };
}

async function isLink(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
}

/** One name after the other; what stands before a name has no link in it any more, so the kernel follows none. */
async function walk(path: string, root: string): Promise<string | undefined> {
  const left = path.split("/");
  let at = "/";
  for (let links = 0; left.length > 0; ) {
    const name = left.shift();
    if (name === undefined || name === "" || name === ".") continue;
    if (name === "..") {
      at = dirname(at);
      continue;
    }
    const here = join(at, name);
    // Not a link, not there, or not to be seen: the rest is judged by who looks at it.
    const target = await readlink(`${root}${here}`).catch(() => undefined);
    if (target === undefined) {
      at = here;
      continue;
    }
    if (++links > linksMax) return undefined;
    left.unshift(...target.split("/"));
    if (target.startsWith("/")) at = "/";
  }
  return at;
}
