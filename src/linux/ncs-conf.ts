/** Reads ncs.conf as far as nsomem cares: its memory-management section. */

import { type MemorySection, parseMemorySection } from "../core/ncs-conf.ts";
import { openRegularLater } from "./regular-file.ts";

/** A real ncs.conf has some 40 KB; what is larger than this is read no further. */
const bytesMax = 8 * 1024 * 1024;

/** The section of the file, undefined where there is none or the file may not be read. Never throws. */
export async function readMemorySection(confFile: string | undefined): Promise<MemorySection | undefined> {
  if (!confFile?.startsWith("/")) return undefined;
  try {
    const { file, stats } = await openRegularLater(confFile);
    try {
      const buffer = Buffer.alloc(Math.min(stats.size, bytesMax));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return parseMemorySection(buffer.toString("utf8", 0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
