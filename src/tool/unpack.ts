/** Writes the embedded tool to where bash can read it: a /$bunfs path cannot be opened by bash (facts 4.4). */

import { closeSync, fchmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { openRegular, readRegular } from "../linux/regular-file.ts";
import { replaceFileSync } from "../linux/replace-file.ts";
import { ownProcDir } from "../linux/roots.ts";
import plotScript from "./plot.sh" with { type: "text" };

/** Where the tool was unpacked, and how to take it away again. */
export interface UnpackedTool {
  dir: string;
  script: string;
  /** The script, open for reading: it can be started from here whatever becomes of its directory. */
  descriptor: number;
  /** Beside this thread: the agent ends though its disk hangs. Rejects with what the system says. */
  remove(): Promise<void>;
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
  const { descriptor } = openRegular(script, { of: "own" });
  return {
    dir,
    script,
    descriptor,
    remove() {
      closeSync(descriptor);
      return rm(dir, { recursive: true, force: true });
    },
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

/** Where the descriptor is in the shell that `toolWords` start. */
const descriptorInShell = 3;

/**
 * The words that start the tool, and the descriptors that they need from 3 on. Unpacked, it is read from its descriptor,
 * under the name of its file. Where it could not be unpacked its text is the argument: 60 kB, of at most 128 KiB that
 * one argument may have; see execve(2).
 */
export function toolWords(
  bash: string,
  unpacked: Pick<UnpackedTool, "script" | "descriptor"> | undefined,
): { command: string[]; descriptors: number[] } {
  // With a socket as stdin, bash -c takes itself for a remote shell and would run the user's ~/.bashrc first.
  const shell = [bash, "--norc", "-c"];
  const words = ["-v", "-m", "NaN"];
  if (!unpacked) return { command: [...shell, plotScript, scriptName, ...words], descriptors: [] };
  const read = `. ${ownProcDir}/self/fd/${descriptorInShell}`;
  return { command: [...shell, read, unpacked.script, ...words], descriptors: [unpacked.descriptor] };
}

const directoryPrefix = "tool-";
const scriptName = "plot.sh";
