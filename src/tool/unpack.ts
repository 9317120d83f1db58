/** Writes the embedded tool to where bash can read it: a /$bunfs path cannot be opened by bash (facts 4.4). */

import { existsSync, fchmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { readRegular } from "../linux/regular-file.ts";
import { replaceFileSync } from "../linux/replace-file.ts";
import plotScript from "./plot.sh" with { type: "text" };

/** Where the tool was unpacked, and how to take it away again. */
export interface UnpackedTool {
  dir: string;
  script: string;
  /** False once its directory was removed under the agent. */
  isInPlace(): boolean;
  remove(): void;
}

/**
 * Unpacks into a fresh directory with mode 0700 and an unpredictable name below `runtimeDir`, which must be this
 * user's alone, and reads it back. No execute permission is needed: bash reads the script, so a noexec mount does not
 * matter. Throws NsomemError UNPACK, and UNTRUSTED for the directory.
 */
export function unpackTool(runtimeDir: string): UnpackedTool {
  const name = inPrivateDirectory(runtimeDir, (runtime) =>
    runtime.at(directoryPrefix, (way) => {
      const made = mkdtempSync(way);
      writeTool(made);
      return basename(made);
    }),
  );
  const dir = join(runtimeDir, name);
  const script = join(dir, scriptName);
  return {
    dir,
    script,
    isInPlace: () => existsSync(script),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Removes what killed agents left behind. To be called by the holder of the agent's lock: no other agent is alive. */
export function removeLeftovers(runtimeDir: string): void {
  inPrivateDirectory(runtimeDir, (runtime) =>
    runtime.at(".", (way) => {
      for (const name of readdirSync(way))
        if (name.startsWith(directoryPrefix)) rmSync(join(way, name), { recursive: true, force: true });
    }),
  );
}

/** Writes `plot.sh` into `dir`, made if absent, and returns its path. Throws NsomemError UNPACK. */
export function writeTool(dir: string): string {
  const script = join(dir, scriptName);
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    replaceFileSync(script, (descriptor) => {
      writeFileSync(descriptor, plotScript);
      fchmodSync(descriptor, 0o700);
    });
  } catch (error) {
    throw new NsomemError("UNPACK", `cannot write the tool: ${describeError(error)}`);
  }
  if (plotScript === "" || readBack(script) !== plotScript)
    throw new NsomemError("UNPACK", `${script} does not hold what was written to it; is the disk full?`);
  return script;
}

function readBack(script: string): string {
  return readRegular(script, { of: "own", bytesMax: 2 * plotScript.length });
}

const directoryPrefix = "tool-";
const scriptName = "plot.sh";
