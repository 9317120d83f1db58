/** A file below a directory whose owner may change what is in it meanwhile: no part of its name is followed as a link. */

import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { openRegularLater } from "./regular-file.ts";
import { ownProcDir } from "./roots.ts";

/** `name` is relative. Throws NsomemError FILE for what is no regular file, and what open(2) refuses. */
export async function openBelow(
  directory: string,
  name: string,
): Promise<{ file: FileHandle; stats: Stats }> {
  const parts = name.split("/");
  const last = parts.pop() ?? "";
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  let held = await open(directory, flags);
  try {
    for (const part of parts) {
      const next = await open(`${ownProcDir}/self/fd/${held.fd}/${part}`, flags | constants.O_NOFOLLOW);
      await held.close();
      held = next;
    }
    const way = `${ownProcDir}/self/fd/${held.fd}/${last}`;
    return await openRegularLater(way, { isNoLink: true, name: join(directory, name) });
  } finally {
    await held.close();
  }
}
