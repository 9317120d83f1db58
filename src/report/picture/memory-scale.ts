/** Round marks of memory: 0, 2, 4 … GiB, never exponents of kB. */

import { scaleLinear } from "d3-scale";

export interface MemoryTick {
  kib: number;
  label: string;
}

export interface MemoryAxis {
  /** The axis goes from 0 to this. */
  maxKib: number;
  ticks: MemoryTick[];
}

const units: [name: string, kib: number][] = [
  ["TiB", 1024 ** 3],
  ["GiB", 1024 ** 2],
  ["MiB", 1024],
  ["KiB", 1],
];

/** Room for `highestKib` and a little air above it. A unit is used from two of it on: 1.5 GiB is 1,536 MiB. */
export function memoryAxis(highestKib: number, ticksWanted: number): MemoryAxis {
  const [unit, factor] = units.find(([, kib]) => highestKib >= 2 * kib) ?? ["KiB", 1];
  const scale = scaleLinear()
    .domain([0, (Math.max(highestKib, 1) * 1.04) / factor])
    .nice(ticksWanted * 2);
  const format = scale.tickFormat(ticksWanted);
  return {
    maxKib: (scale.domain()[1] ?? 1) * factor,
    ticks: scale.ticks(ticksWanted).map((value) => ({
      kib: value * factor,
      label: value === 0 ? "0" : `${format(value)} ${unit}`,
    })),
  };
}
