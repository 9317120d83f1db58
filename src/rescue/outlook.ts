/**
 * What a crash dump would meet, known before it is needed: its place and room, the VMs beside the core, who grew.
 * Looked at while there is time, so that nothing of it stands between the critical reading and the signal.
 */

import { type DumpProspect, judgeDump } from "../core/dump-prospect.ts";
import { describeError } from "../core/errors.ts";
import { perGroup } from "../core/group.ts";
import { type GroupUse, type Growth, growthOf, takeUse } from "../core/growth.ts";
import { type CrashDumpTarget, surveyTarget } from "../linux/crash-dump-path.ts";
import type { ReachablePlace } from "../linux/dump-file.ts";
import { findFamily, type Relative } from "../linux/family.ts";
import type { Core } from "../linux/nso.ts";
import { readRssKib } from "../linux/procfs.ts";

export interface Outlook {
  /** The judgement of at most a minute ago; undefined before the first. */
  prospect(): DumpProspect | undefined;
  /** Judges anew, and remembers it. */
  judge(): Promise<Judged>;
  /** The VMs as last seen, at most 10 s ago. */
  family(): readonly Relative[];
  /** Over the last 5 minutes at most. */
  growth(): Growth[];
  close(): void;
}

export interface Judged {
  prospect: DumpProspect;
  /** Where an existing file can be moved aside, since the core may create a new one. */
  movable: ReachablePlace[];
}

export interface OutlookOptions {
  procDir: string;
  core: Core;
  target: () => CrashDumpTarget;
  /** Used memory in KiB on the ceiling that binds. */
  usedKib: () => number;
  now: () => number;
}

const familyEveryMs = 10_000;
const judgeEveryMs = 60_000;
const growthKeepMs = 5 * 60_000;

export function openOutlook({ procDir, core, target, usedKib, now }: OutlookOptions): Outlook {
  let prospect: DumpProspect | undefined;
  let family: Relative[] | undefined;
  let uses: GroupUse[] = [];
  let judging = false;
  const outlook: Outlook = {
    prospect: () => prospect,
    async judge() {
      const facts = await surveyTarget(procDir, core, target());
      prospect = judgeDump(facts);
      return { prospect, movable: facts.creatable };
    },
    family: () => family ?? look(),
    growth: () => growthOf(uses),
    close() {
      clearInterval(familyTimer);
      clearInterval(judgeTimer);
      clearTimeout(first);
    },
  };
  // Not at once: the first reading comes first.
  const first = setTimeout(() => {
    look();
    judgeInBackground();
  }, 50);
  const familyTimer = setInterval(look, familyEveryMs);
  const judgeTimer = setInterval(judgeInBackground, judgeEveryMs);
  return outlook;

  function look(): Relative[] {
    try {
      const found = findFamily(procDir, core);
      family = found;
      uses = takeUse(uses, measure(found), growthKeepMs);
      return found;
    } catch {
      // A /proc that cannot be read is told by the measuring part; the next look may succeed.
      return family ?? [];
    }
  }

  function judgeInBackground(): void {
    if (judging) {
      // A minute without an answer: a dead mount. What NSO would meet there is the same.
      prospect = stuck(target());
      return;
    }
    judging = true;
    outlook
      .judge()
      .catch((error: unknown) => {
        prospect = {
          ...stuck(target()),
          reasons: [`the dump's place cannot be judged: ${describeError(error)}`],
        };
      })
      .finally(() => {
        judging = false;
      });
  }

  function measure(family: readonly Relative[]): GroupUse {
    const own = perGroup(() => 0);
    // A process that has ended meanwhile holds nothing.
    for (const { group, pid } of [{ group: "core" as const, pid: core.pid }, ...family])
      own[group] += readRssKib(procDir, pid) ?? 0;
    const ownKib = Object.values(own).reduce((sum, kib) => sum + kib, 0);
    return { atMs: now(), ...own, rest: Math.max(0, usedKib() - ownKib) };
  }
}

function stuck(target: CrashDumpTarget): DumpProspect {
  const path = target.places[0]?.path ?? null;
  const reasons = [`${path ?? "the dump's file system"} does not answer`];
  return { outlook: "doubtful", path, roomKib: null, needKib: null, reasons };
}
