/** The VMs beside the core and how the memory of each grew, looked at every 10 s and when it is asked for. */

import { type Beside, type BesideLook, type BesideUse, besideOf } from "../core/beside.ts";
import { type Growth, growthOf, type MemoryUse, type ProcessUse, takeUse } from "../core/growth.ts";
import type { Reading } from "../core/reading.ts";
import { findBeside } from "../linux/beside.ts";
import { everythingElseKib } from "../linux/everything-else.ts";
import { findFamily, type Relative } from "../linux/family.ts";
import type { Core } from "../linux/nso.ts";
import { createProcessTable } from "../linux/process-table.ts";
import { readRssKib } from "../linux/procfs.ts";
import type { Roots } from "../linux/roots.ts";

export interface FamilyWatch {
  /** As last seen, at most 10 s ago; looked at now where that was never done. */
  family(): readonly Relative[];
  /** Up to now, over the last 5 minutes at most. */
  growth(): Growth[];
  close(): void;
}

export interface FamilyWatchOptions extends Roots {
  core: Core;
  monotonicMs: () => number;
  /** Of the ceiling that binds. Throws when it cannot be measured. */
  physical: () => Reading;
}

const everyMs = 10_000;
const growthKeepMs = 5 * 60_000;

/** Up to here a walk through /proc when it is asked for takes 15 ms; beyond it, those that are known are measured. */
const walkedMax = 500;

export function watchFamily(options: FamilyWatchOptions, firstLookMs: number): FamilyWatch {
  const { procDir, core } = options;
  const table = createProcessTable(procDir);
  let family: Relative[] | undefined;
  let uses: MemoryUse[] = [];
  let besides: BesideLook[] = [];
  let isLooking = false;
  const note = (found: Relative[]): Relative[] => {
    family = found;
    const { use, beside } = measure(found, options);
    uses = takeUse(uses, use, growthKeepMs);
    // Once memory is no longer near its limit, what was seen then is of no use.
    besides = beside ? keepYoung([...besides, beside]) : [];
    return found;
  };
  /** With 5,000 processes a walk takes 160 ms: in slices, between which readings are taken. */
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      await table.refresh();
      note(findFamily(procDir, core, table.rows()));
    } catch {
      // The meter logs that /proc cannot be read; the next look may succeed.
    }
    isLooking = false;
  };
  const lookNow = (): Relative[] => {
    try {
      return note(findFamily(procDir, core));
    } catch {
      return [];
    }
  };
  /** The last look may be 10 s old: what grew since then is what the limit was reached by. */
  const growthUpToNow = (): Growth[] => {
    try {
      const known = family && table.rows().size > walkedMax ? family : findFamily(procDir, core);
      const { use, beside } = measure(known, options);
      // The first time that memory is short may be between two looks.
      if (beside && besides.length === 0) besides = [beside];
      return withBeside(
        growthOf(takeUse(uses, use, growthKeepMs)),
        beside && besideOf(keepYoung([...besides, beside])),
      );
    } catch {
      return withBeside(growthOf(uses), besideOf(besides));
    }
  };
  const first = setTimeout(look, firstLookMs);
  const timer = setInterval(look, everyMs);
  return {
    family: () => family ?? lookNow(),
    growth: growthUpToNow,
    close() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}

function keepYoung(looks: readonly BesideLook[]): BesideLook[] {
  const nowMs = looks.at(-1)?.atMs ?? 0;
  return looks.filter(({ atMs }) => nowMs - atMs <= growthKeepMs);
}

function withBeside(growth: readonly Growth[], beside: Beside | undefined): Growth[] {
  return growth.map((one) => (one.group === "rest" && beside ? { ...one, beside } : one));
}

/** Of the warning's limit, in percent: from here on it is looked who else holds memory, and was not before. */
const nearPercent = 80;

function isNear({ level, usedKib, limitKib, thresholdPercent }: Reading): boolean {
  return level !== "normal" || (usedKib / limitKib) * 100 >= (thresholdPercent * nearPercent) / 100;
}

interface Measured {
  use: MemoryUse;
  /** Undefined where memory is plenty. */
  beside: BesideLook | undefined;
}

function measure(family: readonly Relative[], options: FamilyWatchOptions): Measured {
  const { procDir, core, monotonicMs, physical } = options;
  const reading = physical();
  // A process that has ended meanwhile holds nothing.
  const held = [core, ...family].flatMap(({ pid }) => {
    const rssKib = readRssKib(procDir, pid);
    return rssKib === undefined ? [] : [{ pid, rssKib }];
  });
  const rssByPid = new Map(held.map(({ pid, rssKib }) => [pid, rssKib]));
  const { pid, startTicks, name } = core;
  const processes = [
    { group: "core" as const, name, pid, startTicks },
    ...family.filter(({ childOf }) => childOf === undefined),
  ].flatMap(({ group, name, pid, startTicks }): ProcessUse[] => {
    const rssKib = rssByPid.get(pid);
    if (rssKib === undefined) return [];
    const children = family.filter(({ childOf }) => childOf === pid);
    const childrenKib = children.reduce((sum, child) => sum + (rssByPid.get(child.pid) ?? 0), 0);
    return [{ group, name, pid, startTicks, rssKib: rssKib + childrenKib }];
  });
  const { ceiling } = reading;
  const atMs = monotonicMs();
  const own = new Set(held.map(({ pid }) => pid));
  return {
    use: { atMs, ceiling, restKib: everythingElseKib(procDir, reading, held), processes },
    beside: isNear(reading) ? { atMs, ceiling, largest: lookBeside(options, ceiling, own) } : undefined,
  };
}

/** Whom it cannot name must not cost who grew. */
function lookBeside(options: FamilyWatchOptions, ceiling: string, own: ReadonlySet<number>): BesideUse[] {
  try {
    return findBeside(options, { pid: options.core.pid, ceiling, own });
  } catch {
    return [];
  }
}
