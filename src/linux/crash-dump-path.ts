/** Where a core will write its crash dump, as far as it can be seen from outside (facts 3.1, 3.8). */

import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { readWorkingDirectory } from "./nso.ts";
import { readEnviron } from "./procfs.ts";

/** The paths to look at after the signal, most likely first, and what is known against there being a dump. */
export interface CrashDumpTarget {
  candidates: string[];
  /** Why no dump may come: disabled, unknown directory. Empty when nothing speaks against it. */
  doubts: string[];
}

/** What the configuration says where discovery cannot see: absolute paths. */
export interface CrashDumpHints {
  crashDump?: string | undefined;
  runDir?: string | undefined;
}

/** Reads the core's environment and working directory where permitted; their absence is a doubt, not an error. */
export function findCrashDumpTarget(procDir: string, pid: number, hints: CrashDumpHints): CrashDumpTarget {
  const environ = readEnviron(procDir, pid);
  const runDir = hints.runDir ?? readWorkingDirectory(procDir, pid);
  const doubts: string[] = [];
  if (environ?.ERL_CRASH_DUMP_SECONDS === "0")
    doubts.push("ERL_CRASH_DUMP_SECONDS=0 disables the crash dump");
  if (environ?.DISABLE_NCS_DUMP) doubts.push("DISABLE_NCS_DUMP disables the crash dump");
  const named = [hints.crashDump, environ?.NCS_DUMP, environ?.ERL_CRASH_DUMP].filter(
    (path) => path !== undefined,
  );
  if (!runDir && named.length === 0)
    doubts.push("the run directory of the core cannot be read; set [nso] run_dir or crash_dump");
  const byDefault = runDir ? [join(runDir, "ncs_crash.dump"), join(runDir, "erl_crash.dump")] : [];
  const absolute = [...named, ...byDefault].map((path) => resolve(runDir ?? "/", path));
  return { candidates: [...new Set(absolute)], doubts };
}

/** How a dump file ends: complete, cut by a size limit or by SIGKILL, or without a word. */
export type DumpEnding = "complete" | "cut" | "empty";

/** A dump file as found: path, size in bytes and ending. */
export interface DumpFile {
  path: string;
  bytes: number;
  ending: DumpEnding;
}

/** The first candidate that was written at or after `sinceMs`, or undefined. A complete dump ends with `=end`. */
export function findDumpFile(candidates: readonly string[], sinceMs: number): DumpFile | undefined {
  for (const path of candidates) {
    const stat = statSync(path, { throwIfNoEntry: false });
    // One second of grace: some file systems keep whole seconds.
    if (stat?.isFile() && stat.mtimeMs >= sinceMs - 1000)
      return { path, bytes: stat.size, ending: endingOf(path) };
  }
  return undefined;
}

function endingOf(path: string): DumpEnding {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    if (size === 0) return "empty";
    const tail = Buffer.alloc(Math.min(size, 64));
    readSync(descriptor, tail, 0, tail.length, size - tail.length);
    return tail.toString("latin1").trimEnd().endsWith("\n=end") ? "complete" : "cut";
  } finally {
    closeSync(descriptor);
  }
}
