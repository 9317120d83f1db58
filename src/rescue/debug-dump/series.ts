/** Debug dumps: `ncs --debug-dump FILE`, several in a row, each with a deadline, none ever overwritten. */

import { existsSync, renameSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../../core/action.ts";
import { describeError } from "../../core/errors.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import { endGroup } from "../../linux/process-group.ts";

export interface DebugDumpOptions {
  /** Absolute path of `ncs`, or undefined when none was found; `lookedIn` then says where. */
  ncs: string | undefined;
  lookedIn: string[];
  /** Directory of the episode; made by the caller. */
  dir: string;
  count: number;
  intervalMs: number;
  timeoutMs: number;
  env: Record<string, string>;
  /** False ends the series: there is nothing left to dump. */
  isCoreAlive: () => boolean;
  /** Called with each child's PID right after it was started. */
  onChild: (pid: number) => void;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** `ncs`' own exit codes (facts 3.5). */
const exitMeaning: Record<number, string> = {
  2: "exit 2: ncs could not connect to NSO in 5 s",
  3: "exit 3: ncs timed out while collecting",
};

/** Takes the dumps one after another. A failed one is told and the next is taken all the same. Never throws. */
export async function debugDump(options: DebugDumpOptions): Promise<Outcome> {
  if (!options.ncs) {
    const message = `no debug dump: ncs not found in ${options.lookedIn.join(", ")}; set [nso] command`;
    return { outcome: "failed", message, files: [] };
  }
  const files: string[] = [];
  const failures: string[] = [];
  for (let index = 0; index < options.count; index++) {
    if (index > 0) await Bun.sleep(options.intervalMs);
    if (options.signal.aborted || !options.isCoreAlive()) {
      failures.push(options.signal.aborted ? "the agent was stopped" : "NSO ended");
      break;
    }
    const file = nextFreeName(options.dir);
    const failure = await dumpOnce(options.ncs, file, options);
    if (failure === undefined) {
      files.push(file);
      options.onProgress(
        `debug dump ${index + 1}/${options.count}: ${file} (${formatKib(statSync(file).size / 1024)})`,
      );
    } else {
      failures.push(`dump ${index + 1}: ${failure}`);
      options.onProgress(`debug dump ${index + 1}/${options.count} failed: ${failure}`);
    }
  }
  const message = [`${files.length} of ${options.count} debug dumps in ${options.dir}`, ...failures].join(
    "; ",
  );
  const outcome = files.length === options.count ? "done" : files.length > 0 ? "partial" : "failed";
  return { outcome, message, files };
}

/** Undefined when `file` holds a dump, else why not. What a failed one left is kept as `FILE.incomplete`. */
async function dumpOnce(ncs: string, file: string, options: DebugDumpOptions): Promise<string | undefined> {
  const failure = (await runNcs(ncs, file, options)) ?? emptiness(file);
  if (failure === undefined) return undefined;
  if (existsSync(file)) renameSync(file, `${file}.incomplete`);
  return isFull(options.dir) ? `${failure}; no space left in ${options.dir}` : failure;
}

async function runNcs(ncs: string, file: string, options: DebugDumpOptions): Promise<string | undefined> {
  const { timeoutMs, env, signal } = options;
  try {
    // detached: a group of its own, since ncs is a script that starts others.
    const child = Bun.spawn([ncs, "--debug-dump", file], {
      cwd: options.dir,
      env,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    options.onChild(child.pid);
    const complaint = firstBytes(child.stderr);
    const ended = await endOf(child.exited, timeoutMs, signal);
    if (ended === undefined) {
      await endGroup(child);
      return signal.aborted
        ? "stopped with the agent"
        : `killed after its deadline of ${formatDuration(timeoutMs)}`;
    }
    if (ended === 0) return undefined;
    const said = (await complaint).trim();
    const meaning =
      exitMeaning[ended] ?? (child.signalCode ? `killed by ${child.signalCode}` : `exit ${ended}`);
    return said ? `${meaning}: ${said}` : meaning;
  } catch (error) {
    return `${ncs} could not be started: ${describeError(error)}`;
  }
}

async function endOf(
  exited: Promise<number>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), timeoutMs);
  const onAbort = () => resolve(undefined);
  signal.addEventListener("abort", onAbort);
  try {
    return await Promise.race([exited, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

const complaintBytesMax = 2048;

/** The start of what a child complains about, on one line; the rest is read and dropped so that it never blocks. */
async function firstBytes(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream)
    if (text.length < complaintBytesMax) text += decoder.decode(chunk, { stream: true });
  return text.slice(0, complaintBytesMax).replaceAll(/\s+/g, " ");
}

/** `dumpN.bin` with the lowest N that neither a dump nor an incomplete one has. */
function nextFreeName(dir: string): string {
  for (let number = 1; ; number++) {
    const path = join(dir, `dump${number}.bin`);
    if (!existsSync(path) && !existsSync(`${path}.incomplete`) && !existsSync(`${path}.gz`)) return path;
  }
}

function emptiness(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return "ncs said it was done but wrote no file";
  return stat.size === 0 ? "the file is empty" : undefined;
}

function isFull(dir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize < 1024 * 1024;
  } catch {
    return false;
  }
}
