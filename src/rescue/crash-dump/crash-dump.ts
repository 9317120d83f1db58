/**
 * The crash dump, step by step: verify, record, prepare, shield, signal, watch, verdict. The signal is SIGUSR1 and goes
 * out once; no process is created before it.
 */

import { failed, type Outcome } from "../../core/action.ts";
import { type Moment, momentNow } from "../../core/clock.ts";
import { describeError } from "../../core/errors.ts";
import type { CrashDumpWorld, FollowedDump, PreparedDump } from "./ports.ts";
import { isHopeless, leaveAlone } from "./prepare.ts";
import { recordIntent } from "./record.ts";
import { sendOnce } from "./signal.ts";
import { judgeDumpEnd, judgeOwnEnd } from "./verdict.ts";
import { reasonToWait } from "./verify.ts";
import { watchDump } from "./watch.ts";

/**
 * What must be on disk before the signal is waited for this long in all, and goes on when the disk answers. On a healthy
 * one it takes 1 to 10 ms; on a saturated one all of it passes each time, and comes on top of the time to the reading.
 * What is written survives this agent at once: only for a host that goes down with NSO it must be on disk too. An older
 * dump that is not moved in time may be overwritten, so that the look at the dump's place, beside it, has longer; it keeps
 * its own time.
 */
const recordMsMax = 15;
const lookMsMax = 30;
const announceMsMax = 10;

const nothingKnown: PreparedDump = { prospect: undefined, known: undefined };

/** What comes of `work`, or `otherwise`: where it fails, and where it has not come in time. */
async function within<T>(msMax: number, work: Promise<T>, otherwise: T): Promise<T> {
  return await Promise.race([work.catch(() => otherwise), Bun.sleep(msMax).then(() => otherwise)]);
}

/** Makes NSO write its crash dump, helps it to finish and says what came of it. */
export async function crashDump(world: CrashDumpWorld): Promise<Outcome> {
  const { core, dump, memory, record, policy } = world;
  const refusal = policy.victim === "require" ? await reasonToWait(world) : undefined;
  if (refusal !== undefined) {
    record.write({ step: "signal-withheld", reason: refusal });
    return { outcome: "skipped", message: `no signal sent: ${refusal}`, files: [] };
  }
  const [recordSynced, { prospect, known }] = await Promise.all([
    within(recordMsMax, recordIntent(world, recordMsMax), false),
    dump.prepare(lookMsMax).catch(() => nothingKnown),
  ]);
  record.write({
    step: "prepared",
    recordSynced,
    prospect: prospect ?? null,
    known: known ? [...known] : null,
  });
  if (prospect && isHopeless(prospect, policy)) return await leaveAlone(world, prospect.reasons);
  try {
    memory.shield();
  } catch (error) {
    // Help that fails must not keep the signal back.
    record.say(`NSO could not be shielded from the OOM killer: ${describeError(error)}`);
  }
  // Last: an agent that is killed from here on leaves a core that no other will signal.
  const unannounced = await within(announceMsMax, core.announce(announceMsMax), "no answer");
  if (unannounced !== undefined) record.say(`the register of cores is not written yet: ${unannounced}`);
  const sentAt = momentNow(record);
  switch (sendOnce(world)) {
    case "gone":
      record.collectEvidence();
      return await judgeOwnEnd(world, sentAt);
    case "refused":
      return failed(`SIGUSR1 to PID ${core.pid} was refused; run nsomem as root or as NSO's user`);
    case "sent":
      record.collectEvidence();
      return await followDump(world, sentAt, prospect?.reasons ?? []);
  }
}

/** Watches a dump to its end and judges it; also one that an earlier agent began. `doubts` were known beforehand. */
export async function followDump(
  world: FollowedDump,
  sentAt: Moment,
  doubts: readonly string[],
): Promise<Outcome> {
  const coreEnded = await watchDump(world, sentAt);
  return await judgeDumpEnd(world, { coreEnded, sentAt, doubts });
}
