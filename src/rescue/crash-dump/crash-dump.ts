/**
 * The crash dump as a state machine: verify, record, prepare, shield, signal, watch, verdict. The signal is SIGUSR1
 * and goes out once; no process is created before it.
 */

import type { Outcome } from "../../core/action.ts";
import type { DumpProspect } from "../../core/dump-prospect.ts";
import { dumpVerdict, type Verdict } from "../../core/dump-verdict.ts";
import { type DumpWatch, watchDump } from "./watch.ts";

/** What the state machine needs of the world, so that each step can be tested without an NSO to kill. */
export interface CrashDumpOptions extends DumpWatch {
  pid: number;
  /** Still the process it was found as: same start time, still NSO's arguments. Asked right before the signal. */
  isSameCore: () => boolean;
  /** Sends SIGUSR1; false when it was refused or the process is gone. */
  sendSignal: () => boolean;
  /** Waits until the record is on disk, bounded; false when it was not done in time. */
  syncRecord: () => Promise<boolean>;
  /**
   * Judges the place of the dump anew and, where there can be one, moves an old file aside. Bounded; what was known
   * before when the file system does not answer.
   */
  prepare: () => Promise<DumpProspect | undefined>;
  /** What to do when there can be no dump: leave NSO alone, or send the signal all the same. */
  withoutDump: "skip" | "signal";
  /** Takes what evidence there can still be. */
  lastDebugDump: () => Promise<Outcome>;
  /** Waits until NSO is what the kernel would kill; the reason to leave it alone, or undefined. Absent: not asked. */
  awaitVictim?: (() => Promise<string | undefined>) | undefined;
  /** Turns the OOM killer's eye away from the core. A few writes. */
  shield: () => void;
  /** Puts back what `shield` changed. */
  unshield: () => void;
  onSent: () => void;
  /** Evidence that is worth having but not worth waiting for. */
  collectEvidence: () => void;
}

/** Makes NSO write its crash dump, helps it to finish and tells what came of it. Never throws. */
export async function crashDump(options: CrashDumpOptions): Promise<Outcome> {
  const { pid, record } = options;
  const refusal = await options.awaitVictim?.();
  if (refusal !== undefined) {
    record("signal-withheld", { reason: refusal });
    return { outcome: "skipped", message: `no signal sent: ${refusal}`, files: [] };
  }
  record("signal-intended", { pid, signal: "SIGUSR1" });
  const [synced, prospect] = await Promise.all([options.syncRecord(), options.prepare()]);
  record("prepared", { recordSynced: synced, prospect: prospect ?? null });
  if (prospect?.outlook === "hopeless" && options.withoutDump === "skip")
    return await goWithout(options, prospect);
  options.shield();
  // Verified here, in the line above the irreversible: the wait for the disk was time enough to end and be replaced.
  const sentAtMs = options.now();
  if (!options.isSameCore()) return await tooLate(options, sentAtMs);
  if (!options.sendSignal()) {
    options.unshield();
    if (!options.isAlive()) return await tooLate(options, sentAtMs);
    record("signal-refused", { pid });
    const message = `SIGUSR1 to PID ${pid} was refused; run nsomem as root or as NSO's user`;
    return { outcome: "failed", message, files: [] };
  }
  options.onSent();
  record("signal-sent", { pid, signal: "SIGUSR1" });
  options.onProgress(`SIGUSR1 sent to NSO (PID ${pid}); waiting for its crash dump`);
  options.collectEvidence();
  return await followDump(options, sentAtMs, prospect?.reasons ?? []);
}

/** Watches a dump to its end and judges it; also for one that an earlier agent began. */
export async function followDump(
  options: DumpWatch & { unshield: () => void },
  sentAtMs: number,
  doubts: readonly string[],
): Promise<Outcome> {
  const coreEnded = await watchDump(options, sentAtMs);
  const dump = await options.findDump(sentAtMs);
  const tookMs = options.now() - sentAtMs;
  const oomKill = coreEnded ? options.findOomKill(sentAtMs) : undefined;
  const coreState = coreEnded ? undefined : options.coreState();
  const verdict = dumpVerdict({ coreEnded, dump, tookMs, oomKill, doubts, coreState });
  options.record("verdict", { ...verdict, coreEnded: coreEnded ?? null, tookMs, dump: dump ?? null });
  if (oomKill !== undefined) options.record("oom-kill", { line: oomKill });
  if (coreEnded === false) options.unshield();
  return await sealed(options, verdict, dump?.path);
}

/** The checksum takes seconds a gigabyte, so the verdict stands in the record before it. */
async function sealed(options: DumpWatch, verdict: Verdict, path: string | undefined): Promise<Outcome> {
  const { outcome, message, word } = verdict;
  if (path === undefined || word === "survived" || word === "unwatched")
    return { outcome, message, files: path === undefined ? [] : [path] };
  const copy = await options.preserve(path);
  if (copy !== undefined) options.record("preserved", { path, copy });
  const sha256 = await options.sha256(path);
  options.record("checksum", { path, sha256: sha256 ?? null });
  await options.syncRecord();
  const copied = copy === undefined ? "" : `, copied to ${copy}`;
  const sum = sha256 === undefined ? "" : `, SHA-256 ${sha256}`;
  return { outcome, message: `${message}${copied}${sum}`, files: [copy ?? path] };
}

/** NSO would die for nothing: it is left alone, and asked for what it can still tell alive. */
async function goWithout(options: CrashDumpOptions, { reasons }: DumpProspect): Promise<Outcome> {
  const why = reasons.join("; ");
  options.record("signal-withheld", { reason: `there can be no crash dump: ${why}` });
  options.onProgress(`no crash dump is possible (${why}): NSO is left alone, taking one last debug dump`);
  options.collectEvidence();
  const { outcome, message, files } = await options.lastDebugDump();
  return {
    outcome: outcome === "done" ? "partial" : "failed",
    message: `no signal sent, since there can be no crash dump: ${why}. Last debug dump: ${message}`,
    files,
  };
}

/** The core ended by itself before the signal; an Erlang that runs out of memory writes a dump of its own accord. */
async function tooLate(options: CrashDumpOptions, atMs: number): Promise<Outcome> {
  options.unshield();
  options.record("signal-withheld", { reason: "not the same process any more" });
  options.collectEvidence();
  const dump = await options.findDump(atMs - ownDumpMsMax);
  const oomKill = options.findOomKill(atMs - ownDumpMsMax);
  if (oomKill !== undefined) options.record("oom-kill", { line: oomKill });
  const gone = `no signal sent: PID ${options.pid} is not the NSO core any more; it ended by itself`;
  const killer = oomKill ? `; the OOM killer struck: ${oomKill}` : "";
  options.record("verdict", {
    word: dump?.ending === "complete" ? "complete" : "missing",
    dump: dump ?? null,
  });
  if (!dump) return { outcome: "failed", message: `${gone}${killer}`, files: [] };
  const state = dump.ending === "complete" ? "a complete crash dump" : "a cut crash dump";
  const outcome = dump.ending === "complete" ? "done" : "partial";
  return { outcome, message: `${gone} and left ${state}: ${dump.path}${killer}`, files: [dump.path] };
}

/** A dump written this long before the signal belongs to the same end. */
const ownDumpMsMax = 120_000;
