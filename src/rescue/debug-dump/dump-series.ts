/** Debug dumps: `ncs --debug-dump FILE`, several in a row, each with a deadline, none ever overwritten. */

import { lstat, rename, rm, stat, statfs } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Outcome } from "../../core/action.ts";
import { endWords } from "../../core/child-end.ts";
import { describeError } from "../../core/errors.ts";
import { formatKib } from "../../core/units.ts";
import { describeEnd, endWithin } from "../../linux/child.ts";
import { listenTo } from "../../linux/child-output.ts";
import type { Handover } from "../../linux/handover.ts";
import type { NcsCommand } from "../../linux/ncs-command.ts";
import { launchAs } from "../../linux/run-as.ts";
import { readBeside } from "../../linux/silent-place.ts";
import { unfitness } from "../../linux/trusted-command.ts";
import type { DumpRoom } from "./dump-room.ts";

/** How many dumps, how far apart, and how long each may take. */
export interface DumpPlan {
  count: number;
  intervalMs: number;
  timeoutMs: number;
}

export interface DumpSeries {
  plan: DumpPlan;
  ncs: NcsCommand;
  /** Called with each child's PID right after it was started. */
  onChild: (pid: number) => void;
  /** Directory of the episode; made by the caller. */
  dir: string;
  /** Where `ncs` writes. */
  handover: Handover;
  room: DumpRoom;
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
  let lastBytes = 0;
  for (let number = 1; number <= plan.count; number++) {
    if (number > 1) await Bun.sleep(plan.intervalMs);
    if (stop.aborted || !series.isCoreAlive()) {
      failures.push(stop.aborted ? "the agent was stopped" : "NSO ended");
      break;
    }
    // The next is about as large as the last.
    const obstacle = await series.room.obstacle(lastBytes);
    if (obstacle !== undefined) {
      failures.push(`no room for ${number === 1 ? "a debug dump" : "another"} in ${dir}: ${obstacle}`);
      onProgress(`debug dump ${number}/${plan.count}: no room: ${obstacle}`);
      break;
    }
    const file = await nextFreeName(dir);
    const failure = await dumpOnce(file, series);
    if (failure === undefined) {
      files.push(file);
      lastBytes = (await stat(file)).size;
      onProgress(`debug dump ${number}/${plan.count}: ${file} (${formatKib(lastBytes / 1024)})`);
    } else {
      failures.push(`dump ${number}: ${failure.reason}`);
      onProgress(`debug dump ${number}/${plan.count} failed: ${failure.reason}`);
      // The next would be as large.
      if (failure.tookTooMuch) break;
    }
  }
  const message = [`${files.length} of ${plan.count} debug dumps in ${dir}`, ...failures].join("; ");
  const outcome = files.length === plan.count ? "done" : files.length > 0 ? "partial" : "failed";
  return { outcome, message, files };
}

/**
 * Undefined when `file` holds a dump, else why not. What a failed one left is kept as `FILE.incomplete`, unless it takes
 * the room that is to stay free: half a debug dump is of little use, and that room is for NSO's crash dump.
 */
async function dumpOnce(file: string, series: DumpSeries): Promise<Failure | undefined> {
  const { dir, handover } = series;
  const name = basename(file);
  const incomplete = `${file}.incomplete`;
  const { said, short } = await runWatched(join(handover.dir, name), series);
  const missed = await handover.take(name, basename(incomplete));
  const failure =
    said ?? (missed === undefined ? await emptiness(incomplete) : `ncs said it was done, but ${missed}`);
  if (failure === undefined) {
    await rename(incomplete, file);
    return undefined;
  }
  const full = (await isFull(dir)) ? `no space left in ${dir}` : undefined;
  const reason = full === undefined ? failure : `${failure}; ${full}`;
  const why = short ?? (await series.room.obstacle(0)) ?? full;
  if (why === undefined) return { reason, tookTooMuch: false };
  await rm(incomplete, { force: true });
  const removed = short === undefined ? `${reason}; what there was of it is removed: ${why}` : reason;
  return { reason: removed, tookTooMuch: true };
}

interface Failure {
  reason: string;
  /** It took the room that is to stay free. */
  tookTooMuch: boolean;
}

/** `short`: it was ended, since it took the room that is to stay free. */
async function runWatched(
  file: string,
  series: DumpSeries,
): Promise<{ said: string | undefined; short: string | undefined }> {
  let short: string | undefined;
  const tooMuch = new AbortController();
  const unwatch = series.room.watch((why) => {
    short = why;
    tooMuch.abort();
  });
  try {
    const said = await runNcs(file, series, AbortSignal.any([series.stop, tooMuch.signal]));
    if (short === undefined) return { said, short };
    return { said: `ended and removed, since it took too much room: ${short}`, short };
  } finally {
    unwatch();
  }
}

async function runNcs(file: string, series: DumpSeries, stop: AbortSignal): Promise<string | undefined> {
  const { ncs, plan, handover } = series;
  const { timeoutMs } = plan;
  const { words, identity } = launchAs(ncs.runAs, [ncs.path, "--debug-dump", file]);
  await readBeside(ncs.path);
  // Right before each start: minutes may lie between two.
  const unfit = unfitness(ncs.path, ncs.runAs);
  if (unfit) return `refused: ${unfit.complaint}`;
  try {
    // detached: a group of its own, since ncs is a script that starts others.
    const child = withUmask(ownerAlone, () =>
      Bun.spawn(words, {
        ...identity,
        cwd: handover.dir,
        env: ncs.env,
        stdio: ["ignore", "ignore", "pipe"],
        detached: true,
      }),
    );
    series.onChild(child.pid);
    const complaint = listenTo(child.stderr, complaintLengthMax);
    const how = await endWithin(child, { timeoutMs, signal: stop });
    const said = (await complaint.start()).trim().replaceAll(/\s+/g, " ");
    if (how !== "ended") return describeEnd(how, timeoutMs);
    const code = await child.exited;
    if (code === 0) return undefined;
    const meaning = exitMeaning[code] ?? endWords(child);
    return said ? `${meaning}: ${said}` : meaning;
  } catch (error) {
    return `${ncs.path} could not be started: ${describeError(error)}`;
  }
}

/** 0600 from the first byte on: where the agent is killed meanwhile, nobody changes it any more. */
const ownerAlone = 0o077;

/** `start` makes a child, which inherits the mask; nothing else of this process runs in between. */
function withUmask<T>(mask: number, start: () => T): T {
  const before = process.umask(mask);
  try {
    return start();
  } finally {
    process.umask(before);
  }
}

const complaintLengthMax = 2048;

/** `dumpN.bin` with the lowest N that neither a dump nor an incomplete one has. */
async function nextFreeName(dir: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(dir, `dump${number}.bin`);
    const isTaken =
      (await isThere(path)) || (await isThere(`${path}.incomplete`)) || (await isThere(`${path}.gz`));
    if (!isTaken) return path;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

async function emptiness(file: string): Promise<string | undefined> {
  return (await stat(file)).size === 0 ? "the file is empty" : undefined;
}

async function isFull(dir: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize < 1024 * 1024;
  } catch {
    return false;
  }
}
