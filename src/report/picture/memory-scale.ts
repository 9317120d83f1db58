/** A scale of memory with round marks: 0, 2, 4 … GiB, never exponents of kB. */

import { scaleLinear } from "d3-scale";

export interface MemoryTick {
  kib: number;
  label: string;
}

export interface MemoryScale {
  /** The scale goes from 0 to this. */
  maxKib: number;
  ticks: MemoryTick[];
}

const units: [name: string, kib: number][] = [
  ["TiB", 1024 ** 3],
  ["GiB", 1024 ** 2],
  ["MiB", 1024],
  ["KiB", 1],
];

/** With a little room above `highestKib`. A unit is used from two of it on: 1.5 GiB is labelled in MiB. */
export function memoryScale(highestKib: number, ticksWanted: number): MemoryScale {
  const [unit, factor] = units.find(([, kib]) => highestKib >= 2 * kib) ?? ["KiB", 1];
  const scale = scaleLinear()
    .domain([0, (Math.max(highestKib, 1) * 1.04) / factor])
    .nice(ticksWanted * 2);
  const format = scale.tickFormat(ticksWanted);
  return {
    maxKib: Math.max(...scale.domain()) * factor,
    ticks: scale.ticks(ticksWanted).map((value) => ({
      kib: value * factor,
      label: value === 0 ? "0" : `${format(value)} ${unit}`,
    })),
  };
}
