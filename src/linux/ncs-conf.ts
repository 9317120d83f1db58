/** Reads ncs.conf as far as nsomem cares: its memory-management section, and how CDB is kept. */

import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CdbPersistence, parseCdbPersistence } from "../core/cdb-persistence.ts";
import { type MemorySection, parseMemorySection } from "../core/memory-section.ts";
import { openRegularLater, readTextLater } from "./regular-file.ts";

/** A real ncs.conf has some 40 KB; what is larger than this is read no further. */
const bytesMax = 8 * 1024 * 1024;

const partsMax = 50;

/** The section, undefined where there is none or the file may not be read. Never throws. */
export async function readMemorySection(confFile: string | undefined): Promise<MemorySection | undefined> {
  for await (const text of textsOf(confFile)) {
    const section = parseMemorySection(text);
    if (section) return section;
  }
  return undefined;
}

/** What the file and its parts say of it; empty where they say nothing or may not be read. Never throws. */
export async function readCdbPersistence(confFile: string | undefined): Promise<CdbPersistence> {
  const found: CdbPersistence = {};
  for await (const text of textsOf(confFile)) Object.assign(found, parseCdbPersistence(text));
  return found;
}

/** The file, and the parts of it in `ncs.conf.d` beside it that end in `.conf`. Source: ncs.conf(5). */
async function* textsOf(confFile: string | undefined): AsyncGenerator<string> {
  if (!confFile?.startsWith("/")) return;
  yield await textOf(confFile);
  const directory = join(dirname(confFile), "ncs.conf.d");
  const names = await readdir(directory).catch(() => []);
  const parts = names.filter((name) => name.endsWith(".conf")).sort();
  for (const name of parts.slice(0, partsMax)) yield await textOf(join(directory, name));
}

/** Empty where it may not be read. */
async function textOf(path: string): Promise<string> {
  try {
    const { file, stats } = await openRegularLater(path);
    try {
      return await readTextLater(file, Math.min(stats.size, bytesMax));
    } finally {
      await file.close();
    }
  } catch {
    return "";
  }
}
