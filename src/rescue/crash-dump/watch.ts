/** Watch: from the signal to the end of the core. The dump's growth is shown, and room is made for it. */

import type { Moment } from "../../core/clock.ts";
import type { DumpFile } from "../../core/dump-verdict.ts";
import { describeError } from "../../core/errors.ts";
import { formatClock, formatDuration, formatKib, formatRate, formatSeconds } from "../../core/units.ts";
import type { FollowedDump } from "./ports.ts";
import { earlyReader } from "./read-early.ts";

const pollMs = 50;
/** In the logs: how it grew is one line at its end; of a long one there is word after a minute, two, four, … */
const firstWordMs = 60_000;
const recordEveryMs = 1000;
/** Beyond the time-out: a dump of hours needs no closer look. Within a short time-out there are several all the same. */
const latePollMs = 1000;
const lateRecordEveryMs = 30_000;
/** After this long VMs are looked for again: NSO may have restarted one, or one was missed. */
const shedEveryMs = 5000;
const sharedAskEveryMs = 1000;
const killGraceMs = 5000;

/**
 * True when the core ended, undefined when the agent was stopped, false when the core lives and its dump has not grown
 * for the time-out. One that grows is watched on for as long as it takes: what is watched is shielded, and neither that
 * nor the verdict comes too early.
 */
export async function watchDump(world: FollowedDump, sentAt: Moment): Promise<boolean | undefined> {
  const { core, record, policy, progress } = world;
  const file = watchFile(world, sentAt);
  const makeRoom = roomMaker(world);
  const killIfDue = killer(world, sentAt);
  unthrottle(world);
  let isLate = false;
  while (core.isAlive()) {
    const nowMs = record.monotonicMs();
    if (progress.stop.aborted) return undefined;
    if (policy.kill === "never") {
      if (nowMs - file.grewAtMs() > policy.timeout) return false;
    } else if (killIfDue(nowMs) === "survived") return false;
    if (!isLate && nowMs - sentAt.monotonicMs > policy.timeout) {
      isLate = true;
      if (policy.kill === "never") file.sayStillWriting(nowMs);
    }
    makeRoom(nowMs);
    file.look(nowMs, Math.min(isLate ? lateRecordEveryMs : recordEveryMs, policy.timeout / 4));
    await Bun.sleep(isLate ? Math.min(latePollMs, policy.timeout / 8) : pollMs);
  }
  file.sayGrown();
  return true;
}

/** Where the operator wants SIGKILL after the time-out, whether the dump grows or not. */
function killer({ core, record, policy }: FollowedDump, sentAt: Moment) {
  let killedAtMs: number | undefined;
  return (nowMs: number): "survived" | undefined => {
    if (nowMs - sentAt.monotonicMs <= policy.timeout) return undefined;
    if (killedAtMs !== undefined) return nowMs - killedAtMs > killGraceMs ? "survived" : undefined;
    killedAtMs = nowMs;
    record.write({ step: "sigkill", sent: core.send("SIGKILL"), configured: "crash_dump.kill" });
    return undefined;
  };
}

/**
 * Ends the VMs while memory is critical, at most once in `shedEveryMs`; at once where an OOM kill of one
 * would end the core too. Not awaited: SIGKILL follows after 2 s.
 */
function roomMaker(world: FollowedDump): (nowMs: number) => void {
  const { memory, record, policy } = world;
  let shedAtMs = Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let isShared = false;
  /** Once. Of a core that was just found its unit is not known yet. */
  const sharedEnd = (nowMs: number): string | undefined => {
    if (isShared || nowMs - askedAtMs < sharedAskEveryMs) return undefined;
    askedAtMs = nowMs;
    const why = memory.sharedEnd();
    isShared = why !== undefined;
    return why;
  };
  return (nowMs) => {
    if (policy.shed === "never" || nowMs - shedAtMs < shedEveryMs) return;
    const why = sharedEnd(nowMs);
    if (why === undefined && !memory.isCritical()) return;
    shedAtMs = nowMs;
    unthrottle(world);
    memory
      .makeRoom(why)
      .catch((error: unknown) => record.write({ step: "shed-failed", reason: describeError(error) }));
  };
}

/** Not awaited: the record of it waits for the disk. What is critical under a raised memory.high has it raised again. */
function unthrottle({ memory, record }: FollowedDump): void {
  memory
    .unthrottle()
    .catch((error: unknown) => record.say(`the throttle could not be looked at: ${describeError(error)}`));
}

interface WatchedFile {
  /** Looks, where the last look is `everyMs` ago. Never awaited: on a dead mount there is no answer, and room must still be made. */
  look(nowMs: number, everyMs: number): void;
  /** When more was found than before; at first, when the watch began. */
  grewAtMs(): number;
  sayStillWriting(nowMs: number): void;
  /** From when to when it grew, and how fast: instead of a line for each look. */
  sayGrown(): void;
}

/** Shows how the file grows. */
function watchFile(world: FollowedDump, sentAt: Moment): WatchedFile {
  const { dump, record, progress } = world;
  const readEarly = earlyReader(world);
  let nextWordMs = sentAt.monotonicMs + firstWordMs;
  let first: { bytes: number; atMs: number } | undefined;
  let lookedAtMs = sentAt.monotonicMs;
  // Of a dump that an earlier agent began nothing is known before the first look.
  let grewAtMs = record.monotonicMs();
  let bytes = -1;
  let looking = false;
  const written = () => (bytes < 0 ? "nothing written yet" : `${formatKib(bytes / 1024)} written`);
  const take = (file: DumpFile | undefined, nowMs: number) => {
    if (file && file.bytes !== bytes) {
      if (file.bytes > bytes) grewAtMs = nowMs;
      bytes = file.bytes;
      first ??= { bytes, atMs: nowMs };
      record.write({ step: "growing", bytes, path: file.path });
      readEarly(file);
    }
    const afterMs = nowMs - sentAt.monotonicMs;
    progress.note(`${written()} after ${formatSeconds(afterMs)}`);
    if (nowMs < nextWordMs) return;
    nextWordMs = sentAt.monotonicMs + 2 * afterMs;
    record.say(`crash dump: ${written()} after ${formatSeconds(afterMs)}`);
  };
  const clockAt = (atMs: number) => {
    const wallMs = sentAt.wallMs + atMs - sentAt.monotonicMs;
    return formatClock(wallMs, wallMs);
  };
  return {
    look(nowMs, everyMs) {
      if (looking || nowMs - lookedAtMs < everyMs) return;
      lookedAtMs = nowMs;
      looking = true;
      void dump
        .find(sentAt)
        .then((file) => take(file, nowMs))
        .catch(() => undefined)
        .finally(() => {
          looking = false;
        });
    },
    grewAtMs: () => grewAtMs,
    sayStillWriting(nowMs) {
      const afterMs = nowMs - sentAt.monotonicMs;
      record.write({ step: "still-writing", bytes: Math.max(0, bytes), afterMs });
      record.say(
        `the crash dump is still being written after ${formatDuration(afterMs)} (${written()}): watching it on`,
      );
    },
    sayGrown() {
      if (!first || grewAtMs <= first.atMs) return;
      const kibPerSecond = ((bytes - first.bytes) / 1024 / (grewAtMs - first.atMs)) * 1000;
      record.say(
        `crash dump: it grew to ${formatKib(bytes / 1024)} from ${clockAt(first.atMs)} to ${clockAt(grewAtMs)}, ${formatRate(kibPerSecond)}`,
      );
    },
  };
}
