/** A directory in the place of /proc with one process in it. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface MadeUpProcess {
  procDir: string;
  remove(): void;
}

/** `files`: below /proc, "7/status"; `links`: the same, with where they lead. */
export function madeUpProcess(
  files: Record<string, string>,
  links: Record<string, string> = {},
): MadeUpProcess {
  const procDir = mkdtempSync(join(tmpdir(), "nsomem-proc-"));
  const place = (name: string) => {
    const path = join(procDir, name);
    mkdirSync(join(path, ".."), { recursive: true });
    return path;
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(place(name), text);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, place(name));
  return { procDir, remove: () => rmSync(procDir, { recursive: true, force: true }) };
}
