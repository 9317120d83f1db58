/** All Python VMs as one: the sum of those measured in the same tick. */

import type { ProcessSeries } from "../../core/recording.ts";
import { gapOf } from "./series.ts";

/** Samples of one tick carry times this close, even where each process has its own. */
const tickMs = 500;

const none = new Float64Array();

/** Columns as of one process. `carryMs` > 0 adds the last known value of a VM that has no sample in a tick. */
export function pythonTotal(
  vms: readonly ProcessSeries[],
  carryMs = 0,
): { atMs: Float64Array; rssKib: Float64Array; allocatedKib: Float64Array } {
  const [only] = vms;
  if (vms.length === 1 && only) return only;
  const cursors = vms.map(() => 0);
  const rowsMax = vms.reduce((sum, vm) => sum + vm.atMs.length, 0);
  const ticks = ticksOf(vms, rowsMax);
  const rssKib = new Float64Array(ticks.length);
  const allocatedKib = new Float64Array(ticks.length);
  // Plain loops: `entries()` makes an array of each step, 200 MB over a week.
  for (let tick = 0; tick < ticks.length; tick++) {
    const atMs = ticks[tick] ?? 0;
    for (let index = 0; index < vms.length; index++) {
      const vm = vms[index];
      if (!vm) continue;
      const last = advance(vm.atMs, cursors[index] ?? 0, atMs + tickMs);
      cursors[index] = last + 1;
      const sampledMs = vm.atMs[last];
      if (sampledMs === undefined || sampledMs < atMs - carryMs) continue;
      rssKib[tick] = (rssKib[tick] ?? 0) + (vm.rssKib[last] ?? 0);
      allocatedKib[tick] = (allocatedKib[tick] ?? 0) + (vm.allocatedKib[last] ?? 0);
    }
  }
  return { atMs: ticks, rssKib, allocatedKib };
}

/** The first time of each tick: the next sample of any VM that is more than `tickMs` after the last one's. */
function ticksOf(vms: readonly ProcessSeries[], rowsMax: number): Float64Array {
  const longest = Math.max(0, ...vms.map((vm) => vm.atMs.length));
  let ticks = new Float64Array(Math.min(rowsMax, longest + 1024));
  const cursors = vms.map(() => 0);
  let count = 0;
  for (;;) {
    let next = Number.POSITIVE_INFINITY;
    for (let index = 0; index < vms.length; index++)
      next = Math.min(next, vms[index]?.atMs[cursors[index] ?? 0] ?? next);
    if (next === Number.POSITIVE_INFINITY) return ticks.slice(0, count);
    if (count === ticks.length) ticks = enlarged(ticks);
    ticks[count++] = next;
    for (let index = 0; index < vms.length; index++)
      cursors[index] = advance(vms[index]?.atMs ?? none, cursors[index] ?? 0, next + tickMs) + 1;
  }
}

/** The last index from `from` - 1 on whose time is before `endMs`. */
function advance(times: Float64Array, from: number, endMs: number): number {
  let index = from;
  while (index < times.length && (times[index] ?? 0) < endMs) index++;
  return index - 1;
}

function enlarged(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2 + 1024);
  larger.set(values);
  return larger;
}

/** How long a thinned VM's last value stands for it. */
export function carryOf(vms: readonly ProcessSeries[], thinnedMs: number | undefined): number {
  return thinnedMs === undefined ? 0 : Math.max(2 * thinnedMs, ...vms.map((vm) => gapOf(vm.atMs)));
}
