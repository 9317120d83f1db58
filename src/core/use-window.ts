/** Who holds memory, kept over hours: of each 4 min what nobody held less than, and every 10 s of the last 5 min. */

import { type Growth, growthOf, type MemoryUse, type ProcessUse, takeUse } from "./growth.ts";

export interface UseWindow {
  /** `use.atMs` is by a clock that does not go back. */
  take(use: MemoryUse): void;
  /** Over at most the last `overMs`: up to the newest look, and over more than 5 min up to the last whole slot. */
  growth(overMs: number): Growth[];
  /** What was recorded before the first look: the lowest of a slot each, in the order of time. */
  restore(uses: readonly MemoryUse[]): void;
  clear(): void;
}

const recentEveryMs = 10_000;
export const recentMs = 5 * 60_000;
const slotMs = 4 * 60_000;
/** The longest window of a forecast is 6.4 h. */
const slotsMax = 96;
/** A server may have a hundred Python VMs: of each slot the largest are kept, 0.6 MB in all at the most. */
const processesMax = 64;

export function createUseWindow(): UseWindow {
  let recent: MemoryUse[] = [];
  let slots: MemoryUse[] = [];
  let newest: MemoryUse | undefined;
  return {
    take(whole) {
      const use = largest(whole);
      newest = use;
      const lastRecent = recent.at(-1);
      if (!lastRecent || use.atMs - lastRecent.atMs >= recentEveryMs) recent = takeUse(recent, use, recentMs);
      const lastSlot = slots.at(-1);
      if (lastSlot && Math.floor(lastSlot.atMs / slotMs) === Math.floor(use.atMs / slotMs))
        slots[slots.length - 1] = lowest(lastSlot, use);
      else slots = [...slots, use].slice(-slotsMax);
    },
    growth(overMs) {
      if (!newest) return [];
      const fromMs = newest.atMs - overMs;
      if (overMs <= recentMs)
        return growthOf([...recent.filter((use) => use !== newest && use.atMs >= fromMs), newest]);
      // What a slot that is under way has not given back yet says little.
      return growthOf(slots.slice(0, -1).filter(({ atMs }) => atMs >= fromMs));
    },
    restore(before) {
      const firstMs = slots[0]?.atMs ?? Number.POSITIVE_INFINITY;
      slots = [...before.filter(({ atMs }) => atMs < firstMs).map(largest), ...slots].slice(-slotsMax);
    },
    clear() {
      recent = [];
      slots = [];
      newest = undefined;
    },
  };
}

function largest(use: MemoryUse): MemoryUse {
  if (use.processes.length <= processesMax) return use;
  const processes = use.processes.toSorted((a, b) => b.rssKib - a.rssKib).slice(0, processesMax);
  return { ...use, processes };
}

/** What a collection gives back is not held: of each process the lower of both looks, at the time of the first. */
function lowest(before: MemoryUse, now: MemoryUse): MemoryUse {
  const restKib = before.ceiling === now.ceiling ? Math.min(before.restKib, now.restKib) : now.restKib;
  const processes = now.processes.map((held): ProcessUse => {
    const earlier = before.processes.find(
      ({ pid, startTicks }) => pid === held.pid && startTicks === held.startTicks,
    );
    return earlier && earlier.rssKib < held.rssKib ? earlier : held;
  });
  const others = before.processes.filter(({ pid }) => !now.processes.some((one) => one.pid === pid));
  return {
    ...now,
    atMs: before.atMs,
    restKib,
    processes: [...processes, ...others].slice(0, 2 * processesMax),
  };
}
