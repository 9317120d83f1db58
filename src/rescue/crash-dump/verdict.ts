/** Verdict: what became of the dump, recorded before its checksum is computed, and of the core that wrote it. */

import type { Outcome } from "../../core/action.ts";
import type { Moment } from "../../core/clock.ts";
import { dumpVerdict, type Verdict } from "../../core/dump-verdict.ts";
import { formatDuration } from "../../core/units.ts";
import type { CrashDumpWorld, DumpPort, FollowedDump } from "./ports.ts";
import { type DumpSays, wordsBehind } from "./read-dump.ts";

/** What the watch saw. `coreEnded` is undefined when the agent was stopped before. */
export interface WatchedEnd {
  coreEnded: boolean | undefined;
  sentAt: Moment;
  doubts: readonly string[];
}

export async function judgeDumpEnd(
  world: FollowedDump,
  { coreEnded, sentAt, doubts }: WatchedEnd,
): Promise<Outcome> {
  const { core, memory, record, progress } = world;
  const dump = await world.dump.find(sentAt);
  const tookMs = record.monotonicMs() - sentAt.monotonicMs;
  const oomKill = coreEnded ? core.findOomKill(sentAt.monotonicMs) : undefined;
  const coreState = coreEnded ? undefined : core.state();
  const verdict = dumpVerdict({ coreEnded, dump, tookMs, oomKill, doubts, coreState });
  record.write({ step: "verdict", ...verdict, coreEnded: coreEnded ?? null, tookMs, dump: dump ?? null });
  if (oomKill !== undefined) record.write({ step: "oom-kill", line: oomKill });
  if (coreEnded === false) {
    memory.unshield();
    progress.survived();
  }
  return await seal(world, verdict, dump?.path);
}

/** No signal waits for this one: a slow disk may take its time. */
const recordSyncMsMax = 1000;

/** The checksum takes seconds a gigabyte, so the verdict is in the record before it. */
async function seal(
  { dump, record }: FollowedDump,
  { outcome, message, word }: Verdict,
  path: string | undefined,
): Promise<Outcome> {
  if (path === undefined || word === "survived" || word === "unwatched")
    return { outcome, message, files: path === undefined ? [] : [path] };
  const copy = await dump.preserve(path);
  if (copy !== undefined) record.write({ step: "preserved", path, copy });
  const reading = readWhole(dump, copy ?? path);
  const sha256 = await dump.sha256(path);
  record.write({ step: "checksum", path, sha256: sha256 ?? null });
  await record.sync(recordSyncMsMax);
  const says = await saysInTime(reading, record);
  const copied = copy === undefined ? "" : `, copied to ${copy}`;
  const sum = sha256 === undefined ? "" : `, SHA-256 ${sha256}`;
  return { outcome, message: `${message}${copied}${sum}${says}`, files: [copy ?? path] };
}

/** The core has ended: no memory is taken from its dump any more. */
function readWhole({ read }: Pick<DumpPort, "read">, path: string): Promise<DumpSays> {
  return read({ path, part: "whole", mayGoOn: () => true });
}

/**
 * A rule may start NSO again when this is over, and the reader has the lowest priority: on a busy host it is not waited
 * for, and what it says comes into the incident while the agent runs.
 */
const readMsMax = 10_000;

async function saysInTime(reading: Promise<DumpSays>, { write }: FollowedDump["record"]): Promise<string> {
  const says = await Promise.race([reading, Bun.sleep(readMsMax)]);
  if (says) return wordsBehind(says);
  const seconds = formatDuration(readMsMax);
  write({
    step: "dump-unread",
    part: "whole",
    reason: `its reader is not done ${seconds} after the checksum`,
  });
  return "";
}

/** A dump written this long before the signal belongs to the same end. */
const ownDumpMsMax = 120_000;

/** The core ended by itself before the signal; an Erlang that runs out of memory writes a dump of its own accord. */
export async function judgeOwnEnd({ core, dump, record }: CrashDumpWorld, at: Moment): Promise<Outcome> {
  const found = await dump.findOwn(at.wallMs - ownDumpMsMax);
  const oomKill = core.findOomKill(at.monotonicMs - ownDumpMsMax);
  if (oomKill !== undefined) record.write({ step: "oom-kill", line: oomKill });
  const isComplete = found?.ending === "complete";
  record.write({ step: "verdict", word: isComplete ? "complete" : "missing", dump: found ?? null });
  const gone = `no signal sent: PID ${core.pid} is not the NSO core any more; it ended by itself`;
  const killer = oomKill ? `; the OOM killer struck: ${oomKill}` : "";
  if (!found) return { outcome: "failed", message: `${gone}${killer}`, files: [] };
  const state = isComplete ? "a complete crash dump" : "a cut crash dump";
  const says = await saysInTime(readWhole(dump, found.path), record);
  const message = `${gone} and left ${state}: ${found.path}${killer}${says}`;
  return { outcome: isComplete ? "done" : "partial", message, files: [found.path] };
}
