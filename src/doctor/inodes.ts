/** Free inodes: a full inode table fails like a full disk, and df does not show it. */

import { statfs } from "node:fs/promises";
import { type Check, fail, ok } from "../core/check.ts";

const inodesMin = 100;

/**
 * One check, or none where the file system makes inodes as it needs them (btrfs) or is not there. `reach` is the way to
 * the directory from here, where that is another.
 */
export async function checkInodes(name: string, directory: string, reach = directory): Promise<Check[]> {
  const found = await statfs(reach).catch(() => undefined);
  if (!found || found.files === 0) return [];
  const text = `${found.ffree} free of ${found.files} at ${directory}`;
  return [
    found.ffree >= inodesMin
      ? ok(name, text)
      : fail(name, text, "remove some of the many small files on that file system"),
  ];
}
