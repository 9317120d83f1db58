/** Writes the embedded tool to where bash can read it: a /$bunfs path cannot be opened by bash (facts 4.4). */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import plotScript from "./plot.sh" with { type: "text" };

/** Where the tool was unpacked, and how to take it away again. */
export interface UnpackedTool {
  dir: string;
  script: string;
  remove(): void;
}

/**
 * Unpacks into a fresh directory with mode 0700 and an unpredictable name below `runtimeDir`, and reads it back.
 * No execute permission is needed: bash reads the script, so a noexec mount does not matter. Throws NsomemError UNPACK.
 */
export function unpackTool(runtimeDir: string): UnpackedTool {
  mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
  const dir = mkdtempSync(join(runtimeDir, directoryPrefix));
  const script = writeTool(dir);
  return { dir, script, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Removes what killed agents left behind. To be called by the holder of the PID file: no other agent is alive. */
export function removeLeftovers(runtimeDir: string): void {
  for (const name of readdirSync(runtimeDir))
    if (name.startsWith(directoryPrefix)) rmSync(join(runtimeDir, name), { recursive: true, force: true });
}

/** Writes `plot.sh` into `dir`, made if absent, and returns its path. Throws NsomemError UNPACK. */
export function writeTool(dir: string): string {
  const script = join(dir, "plot.sh");
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(script, plotScript, { mode: 0o700 });
  } catch (error) {
    throw new NsomemError("UNPACK", `cannot write the tool: ${describeError(error)}`);
  }
  if (plotScript === "" || readFileSync(script, "utf8") !== plotScript)
    throw new NsomemError("UNPACK", `${script} does not hold what was written to it; is the disk full?`);
  return script;
}

const directoryPrefix = "tool-";
