/** Debug dumps: `ncs --debug-dump FILE`, several in a row, each with a deadline, none ever overwritten. */

import { existsSync, renameSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "../../core/action.ts";
import { describeError } from "../../core/errors.ts";
import { shown } from "../../core/shown.ts";
import { formatKib } from "../../core/units.ts";
import { describeEnd, endWithin } from "../child.ts";

/** How many dumps, how far apart, and how long each may take. */
export interface DumpPlan {
  count: number;
  intervalMs: number;
  timeoutMs: number;
}

/** The command that takes them. */
export interface DumpCommand {
  /** Absolute path of `ncs`. */
  ncs: string;
  env: Record<string, string>;
  /** Called with each child's PID right after it was started. */
  onChild: (pid: number) => void;
}

export interface DumpSeries {
  plan: DumpPlan;
  command: DumpCommand;
  /** Directory of the episode; made by the caller. */
  dir: string;
  /** False ends the series: there is nothing left to dump. */
  isCoreAlive: () => boolean;
  onProgress: (text: string) => void;
  stop: AbortSignal;
}

/** `ncs`' own exit codes (facts 3.5). */
const exitMeaning: Record<number, string> = {
  2: "exit 2: ncs could not connect to NSO in 5 s",
  3: "exit 3: ncs timed out while collecting",
};

/** Takes the dumps one after another. A failed one is logged and the next is taken all the same. Never throws. */
export async function takeDumpSeries(series: DumpSeries): Promise<Outcome> {
  const { plan, dir, stop, onProgress } = series;
  const files: string[] = [];
  const failures: string[] = [];
  for (let number = 1; number <= plan.count; number++) {
    if (number > 1) await Bun.sleep(plan.intervalMs);
    if (stop.aborted || !series.isCoreAlive()) {
      failures.push(stop.aborted ? "the agent was stopped" : "NSO ended");
      break;
    }
    const file = nextFreeName(dir);
    const failure = await dumpOnce(file, series);
    if (failure === undefined) {
      files.push(file);
      onProgress(`debug dump ${number}/${plan.count}: ${file} (${formatKib(statSync(file).size / 1024)})`);
    } else {
      failures.push(`dump ${number}: ${failure}`);
      onProgress(`debug dump ${number}/${plan.count} failed: ${failure}`);
    }
  }
  const message = [`${files.length} of ${plan.count} debug dumps in ${dir}`, ...failures].join("; ");
  const outcome = files.length === plan.count ? "done" : files.length > 0 ? "partial" : "failed";
  return { outcome, message, files };
}

/** Undefined when `file` holds a dump, else why not. What a failed one left is kept as `FILE.incomplete`. */
async function dumpOnce(file: string, series: DumpSeries): Promise<string | undefined> {
  const failure = (await runNcs(file, series)) ?? emptiness(file);
  if (failure === undefined) return undefined;
  if (existsSync(file)) renameSync(file, `${file}.incomplete`);
  return isFull(series.dir) ? `${failure}; no space left in ${series.dir}` : failure;
}

async function runNcs(file: string, { command, plan, dir, stop }: DumpSeries): Promise<string | undefined> {
  const { ncs, env, onChild } = command;
  const { timeoutMs } = plan;
  try {
    // detached: a group of its own, since ncs is a script that starts others.
    const child = Bun.spawn([ncs, "--debug-dump", file], {
      cwd: dir,
      env,
      stdio: ["ignore", "ignore", "pipe"],
      detached: true,
    });
    onChild(child.pid);
    const complaint = firstBytes(child.stderr);
    const how = await endWithin(child, { timeoutMs, signal: stop });
    if (how !== "ended") return describeEnd(how, timeoutMs);
    const code = await child.exited;
    if (code === 0) return undefined;
    const said = await complaint;
    const meaning =
      exitMeaning[code] ?? (child.signalCode ? `killed by ${child.signalCode}` : `exit ${code}`);
    return said ? `${meaning}: ${said}` : meaning;
  } catch (error) {
    return `${ncs} could not be started: ${describeError(error)}`;
  }
}

const complaintLengthMax = 2048;

/** The start of what a child complains about, on one line; the rest is read and dropped so that it never blocks. */
async function firstBytes(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream)
    if (text.length < complaintLengthMax) text += decoder.decode(chunk, { stream: true });
  return shown(text.trim().replaceAll(/\s+/g, " "), complaintLengthMax);
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
