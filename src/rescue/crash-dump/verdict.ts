/** Verdict: what became of the dump, recorded before its checksum is computed, and of the core that wrote it. */

import type { Outcome } from "../../core/action.ts";
import type { Moment } from "../../core/clock.ts";
import { dumpVerdict, type Verdict } from "../../core/dump-verdict.ts";
import { type Ender, enderWords } from "../../core/ender.ts";
import { describeError } from "../../core/errors.ts";
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
  const isWhole = dump?.ending === "complete";
  const ender = coreEnded && !isWhole ? await core.findEnder(sentAt) : undefined;
  const coreState = coreEnded ? undefined : core.state();
  // While the agent is stopped the dump goes on, and the next start puts it back.
  if (coreEnded !== undefined) await putBack(world);
  const verdict = dumpVerdict({ coreEnded, dump, tookMs, ender, doubts, coreState });
  record.write({ step: "verdict", ...verdict, coreEnded: coreEnded ?? null, tookMs, dump: dump ?? null });
  recordEnder(record, ender);
  if (coreEnded === false) {
    memory.unshield();
    progress.survived();
  }
  return await seal(world, verdict, dump?.path);
}

/** Down to a low value the kernel may reclaim for seconds first. */
const throttleMsMax = 1000;

/** Before the verdict: an incident that has one is taken up by nobody. */
async function putBack({ memory, record }: FollowedDump): Promise<void> {
  const putting = memory
    .throttleAgain()
    .catch((error: unknown) => record.say(`memory.high could not be put back: ${describeError(error)}`));
  await Promise.race([putting, Bun.sleep(throttleMsMax)]);
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

function recordEnder(record: Pick<FollowedDump["record"], "write">, ender: Ender | undefined): void {
  if (!ender) return;
  const { who, line } = ender;
  record.write(who === "the OOM killer" ? { step: "oom-kill", line } : { step: "ended-by", who, line });
}

/** A dump that the core wrote of its own accord; one that is cut is no dump that was asked for. */
const ownDumpWords = {
  complete: "a complete crash dump",
  missing: "a cut crash dump",
  unread: "a crash dump that could not be read",
} as const;

/** A dump written this long before the signal belongs to the same end. */
const ownDumpMsMax = 120_000;

/** The core ended by itself before the signal; an Erlang that runs out of memory writes a dump of its own accord. */
export async function judgeOwnEnd({ core, dump, record }: CrashDumpWorld, at: Moment): Promise<Outcome> {
  const found = await dump.findOwn(at.wallMs - ownDumpMsMax);
  const { wallMs, monotonicMs } = at;
  const since = { wallMs: wallMs - ownDumpMsMax, monotonicMs: monotonicMs - ownDumpMsMax };
  const ender = await core.findEnder(since);
  recordEnder(record, ender);
  const isComplete = found?.ending === "complete";
  const word = isComplete ? "complete" : found?.ending === "unread" ? "unread" : "missing";
  record.write({ step: "verdict", word, dump: found ?? null });
  const how = ender ? enderWords(ender) : "it ended by itself";
  const gone = `no signal sent: PID ${core.pid} is not the NSO core any more; ${how}`;
  if (!found) return { outcome: "failed", message: gone, files: [] };
  const says = await saysInTime(readWhole(dump, found.path), record);
  const left = ender ? "; it left" : " and left";
  const message = `${gone}${left} ${ownDumpWords[word]}: ${found.path}${says}`;
  return { outcome: isComplete ? "done" : "partial", message, files: [found.path] };
}
