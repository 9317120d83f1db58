/** Prepare: the dump's place is judged anew and an older dump moved out of its way; where there is none, NSO is left alone. */

import { basename, dirname, join } from "node:path";
import { type Outcome, skipped } from "../../core/action.ts";
import type { DumpProspect } from "../../core/dump-prospect.ts";
import { describeError } from "../../core/errors.ts";
import { moveAside } from "../../linux/dump-file.ts";
import type { Outlook } from "../outlook.ts";
import type { CrashDumpPolicy, CrashDumpWorld, PreparedDump, RecordPort } from "./ports.ts";

/** A rename takes a millisecond; NSO's open(2) for the dump would meet a slower disk, too. */
const obstructedMsMax = 500;
/** A core that was found a moment ago, or a configuration: whether there can be a dump is not known at all. */
const unknownMsMax = 150;

function patienceMs(
  { prospect, isObstructed }: Pick<Outlook, "prospect" | "isObstructed">,
  msMax: number,
): number {
  if (isObstructed()) return Math.max(msMax, obstructedMsMax);
  return prospect() === undefined ? Math.max(msMax, unknownMsMax) : msMax;
}

/**
 * At most `msMax`: a dead mount never answers, and then what was known before is returned. An older dump that could not
 * be moved in time does not keep the signal back: this core's dump tells of now, and where a rename hangs, the core's own
 * open(2) hangs behind it, so that the older one is moved before it could be overwritten. Where another's file is known to
 * be in the way, or nothing was judged before, it is waited for longer: NSO might end for nothing.
 */
export async function prepareDump(
  outlook: Pick<Outlook, "prospect" | "known" | "isObstructed" | "skewMs" | "judge">,
  record: Pick<RecordPort, "write" | "wallMs">,
  msMax: number,
): Promise<PreparedDump> {
  let late = false;
  const asKnown = (why: string): PreparedDump => {
    const [prospect, known] = [outlook.prospect(), outlook.known()];
    return { prospect: outlook.isObstructed() ? obstructed(prospect, why) : prospect, known };
  };
  const work = async (): Promise<PreparedDump> => {
    // Known before anything is moved: that changes names, and not what a file is known by.
    const { prospect, known, movable } = await outlook.judge();
    const prepared = { prospect, known };
    if (prospect.outlook === "hopeless") return prepared;
    for (const { path, reach, isInTheWay } of movable) {
      if (late) break;
      const aside = await moveAside(reach, record.wallMs() + outlook.skewMs(), { isInTheWay });
      if (aside === undefined) continue;
      const to = reach === path ? aside : join(dirname(path), basename(aside));
      record.write({ step: "moved-aside", from: path, to });
    }
    return prepared;
  };
  const bounded = Bun.sleep(patienceMs(outlook, msMax)).then(() => {
    late = true;
    return asKnown("not in time");
  });
  const failed = (error: unknown) => {
    const reason = describeError(error);
    record.write({ step: "prepare-failed", reason });
    return asKnown(reason);
  };
  return await Promise.race([work().catch(failed), bounded]);
}

function obstructed(prospect: DumpProspect | undefined, why: string): DumpProspect | undefined {
  const reason = `${prospect?.path}: a file that the core may not write is there, and could not be moved aside (${why})`;
  return prospect && { ...prospect, outlook: "hopeless", reasons: [reason] };
}

/** No dump can come, and the operator does not want the signal all the same. */
export function isHopeless({ outlook }: DumpProspect, { without_dump }: CrashDumpPolicy): boolean {
  return outlook === "hopeless" && without_dump === "skip";
}

/** NSO would die for nothing: it is left alone, and asked for what it can still tell alive. */
export async function leaveAlone(
  { record, dump, progress }: Pick<CrashDumpWorld, "record" | "dump" | "progress">,
  reasons: readonly string[],
): Promise<Outcome> {
  const why = reasons.join("; ");
  if (progress.isRetry) return skipped(`no signal sent, since there can still be no crash dump`);
  record.write({ step: "signal-withheld", reason: `there can be no crash dump: ${why}` });
  record.say(`no crash dump is possible (${why}): NSO is left alone, taking one last debug dump`);
  record.collectEvidence();
  const { outcome, message, files } = await dump.lastDebugDump();
  return {
    outcome: outcome === "done" ? "partial" : "failed",
    message: `no signal sent, since there can be no crash dump: ${why}. Last debug dump: ${message}`,
    files,
  };
}
