/** Several processes as one: the sum of those measured in the same tick. */

import type { KibColumn, ProcessSeries } from "../../core/recording.ts";
import { compact, kibAt, numberAt } from "./column.ts";
import { gapOf } from "./series.ts";

/** Samples of one tick carry times this close, even where each process has its own. */
const tickMs = 500;

/** Columns as those of one process. `carryMs` > 0 adds the last known value of a process that has no sample in a tick. */
export function processTotal(processes: readonly ProcessSeries[], carryMs = 0): Total {
  const [only] = processes;
  if (processes.length === 1 && only) return only;
  const { atMs } = only ?? { atMs: new Float64Array() };
  if (processes.every((process) => process.atMs === atMs) && areTicks(atMs)) return sumOf(processes, atMs);
  const walkers = walkersOf(processes);
  const ticks = ticksOf(processes);
  const rssKib = new Float64Array(ticks.length);
  const allocatedKib = new Float64Array(ticks.length);
  // Plain loops: `entries()` makes an array of each step, 200 MB over a week.
  for (let tick = 0; tick < ticks.length; tick++) {
    const atMs = numberAt(ticks, tick);
    let tickRssKib = 0;
    let tickAllocatedKib = 0;
    for (const walker of walkers) {
      const last = advance(walker, atMs + tickMs);
      if (last < 0 || numberAt(walker.atMs, last) < atMs - carryMs) continue;
      tickRssKib += kibAt(walker.rssKib, last);
      tickAllocatedKib += kibAt(walker.allocatedKib, last);
    }
    rssKib[tick] = tickRssKib;
    allocatedKib[tick] = tickAllocatedKib;
  }
  return { atMs: ticks, rssKib: compact(rssKib), allocatedKib: compact(allocatedKib) };
}

type Total = Pick<ProcessSeries, "atMs" | "rssKib" | "allocatedKib">;

/** Whether each of the times is a tick of its own. */
function areTicks(atMs: Float64Array): boolean {
  for (let index = 1; index < atMs.length; index++)
    if (numberAt(atMs, index) - numberAt(atMs, index - 1) < tickMs) return false;
  return true;
}

/** Of processes that were all measured at the same times: 20 ms for a week of six, where looking for ticks takes 130. */
function sumOf(processes: readonly ProcessSeries[], atMs: Float64Array): Total {
  const sum = (of: "rssKib" | "allocatedKib") => {
    const total = new Float64Array(atMs.length);
    for (const { [of]: kib } of processes) addTo(total, kib);
    return compact(total);
  };
  return { atMs, rssKib: sum("rssKib"), allocatedKib: sum("allocatedKib") };
}

function addTo(total: Float64Array, kib: KibColumn): void {
  for (let index = 0; index < total.length; index++)
    total[index] = numberAt(total, index) + kibAt(kib, index);
}

/** The columns of a VM and the index of its first sample that no tick has taken yet. */
interface Walker extends Pick<ProcessSeries, "atMs" | "rssKib" | "allocatedKib"> {
  next: number;
}

function walkersOf(vms: readonly ProcessSeries[]): Walker[] {
  return vms.map(({ atMs, rssKib, allocatedKib }) => ({ atMs, rssKib, allocatedKib, next: 0 }));
}

/** Takes every sample before `endMs`. Returns the index of the last one taken, -1 before the first. */
function advance(walker: Walker, endMs: number): number {
  const { atMs } = walker;
  let { next } = walker;
  while (next < atMs.length && numberAt(atMs, next) < endMs) next++;
  walker.next = next;
  return next - 1;
}

/** The first time of each tick: the next sample of any VM that is more than `tickMs` after the last one's. */
function ticksOf(vms: readonly ProcessSeries[]): Float64Array {
  const rowsMax = vms.reduce((sum, vm) => sum + vm.atMs.length, 0);
  const longest = Math.max(0, ...vms.map((vm) => vm.atMs.length));
  let ticks = new Float64Array(Math.min(rowsMax, longest + 1024));
  const walkers = walkersOf(vms);
  let count = 0;
  for (;;) {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { atMs, next } of walkers)
      if (next < atMs.length) nextMs = Math.min(nextMs, numberAt(atMs, next));
    if (nextMs === Number.POSITIVE_INFINITY) return ticks.slice(0, count);
    if (count === ticks.length) ticks = enlarged(ticks);
    ticks[count++] = nextMs;
    for (const walker of walkers) advance(walker, nextMs + tickMs);
  }
}

function enlarged(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2 + 1024);
  larger.set(values);
  return larger;
}

/** How long the last value of a thinned VM counts, in ms. */
export function carryOf(vms: readonly ProcessSeries[], thinnedMs: number | undefined): number {
  return thinnedMs === undefined ? 0 : Math.max(2 * thinnedMs, ...vms.map((vm) => gapOf(vm.atMs)));
}
