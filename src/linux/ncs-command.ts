/** Finds NSO's `ncs` command, which takes the debug dumps. */

import { accessSync, constants, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { nsoDir } from "../core/nso-places.ts";

/** What the search may look at; `path` is $PATH. */
export interface NcsSearch {
  configured?: string | undefined;
  path: string | undefined;
  ncsDir: string | undefined;
  /** Executable of the core, `…/lib/ncs/erts/bin/ncs.smp` in an installation. */
  coreExecutable: string | undefined;
}

/**
 * The first executable `ncs` in the order: configuration, PATH, $NCS_DIR/bin, /opt/ncs/current/bin, beside the
 * core's own executable, and in a `bin` above it. `lookedIn` lists the directories, for the message when none has it.
 */
export function findNcs(search: NcsSearch): { ncs: string | undefined; lookedIn: string[] } {
  if (search.configured !== undefined) {
    const ncs = isExecutable(search.configured) ? search.configured : undefined;
    return { ncs, lookedIn: [search.configured] };
  }
  const dirs = [
    // An empty or relative entry of PATH would run what lies in the current directory.
    ...(search.path ?? "").split(":").filter((dir) => dir.startsWith("/")),
    ...(search.ncsDir ? [join(search.ncsDir, "bin")] : []),
    join(nsoDir, "bin"),
    ...besideExecutable(search.coreExecutable),
  ];
  const ncs = dirs.map((dir) => join(dir, "ncs")).find(isExecutable);
  return { ncs, lookedIn: [...new Set(dirs)] };
}

/** Its own directory, and `bin` in each directory above: an installation keeps ncs four levels up. */
function besideExecutable(executable: string | undefined): string[] {
  if (!executable?.startsWith("/")) return [];
  const own = dirname(executable);
  const above: string[] = [];
  for (let dir = dirname(own); dir !== "/"; dir = dirname(dir)) above.push(join(dir, "bin"));
  return [own, ...above];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
