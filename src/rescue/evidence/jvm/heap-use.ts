/** A JVM's memory in its own words: the heap by space, its limit, its collections, its threads. Pure. */

import { shown } from "../../../core/shown.ts";
import { formatDuration, formatKib } from "../../../core/units.ts";
import type { PerfCounters } from "./perf-data.ts";

export interface HeapUse {
  spaces: { name: string; usedKib: number; takenKib: number }[];
  usedKib: number;
  takenKib: number;
  /** Null where the counters do not say. */
  limitKib: number | null;
  metaspaceKib: number | null;
  collections: { name: string; count: number; tookMs: number }[];
  threads: number | null;
  threadsPeak: number | null;
  classes: number | null;
  upMs: number | null;
  /** Why it collected last. */
  lastCause: string | null;
  version: string | null;
}

const generationsMax = 2;
const spacesMax = 4;
const collectorsMax = 3;

/** Undefined where there is no heap among the counters. */
export function heapUseOf(counters: PerfCounters): HeapUse | undefined {
  const number = (name: string) => {
    const value = counters.get(name);
    return typeof value === "number" ? value : null;
  };
  const text = (name: string) => {
    const value = counters.get(name);
    return typeof value === "string" && value !== "" ? shown(value) : null;
  };
  const kib = (name: string) => (number(name) ?? 0) / 1024;
  const spaces = range(generationsMax).flatMap((generation) =>
    range(spacesMax).flatMap((space) => {
      const key = `sun.gc.generation.${generation}.space.${space}`;
      if (number(`${key}.used`) === null) return [];
      return {
        name: text(`${key}.name`) ?? "?",
        usedKib: kib(`${key}.used`),
        takenKib: kib(`${key}.capacity`),
      };
    }),
  );
  if (spaces.length === 0) return undefined;
  const ticksPerMs = (number("sun.os.hrt.frequency") ?? 1e9) / 1000 || 1;
  const collections = range(collectorsMax).flatMap((collector) => {
    const key = `sun.gc.collector.${collector}`;
    const count = number(`${key}.invocations`);
    if (count === null) return [];
    return { name: text(`${key}.name`) ?? "?", count, tookMs: (number(`${key}.time`) ?? 0) / ticksPerMs };
  });
  const loaded = number("java.cls.loadedClasses");
  const ticks = number("sun.os.hrt.ticks");
  const metaspace = number("sun.gc.metaspace.used");
  return {
    spaces,
    usedKib: sum(spaces.map(({ usedKib }) => usedKib)),
    takenKib: sum(spaces.map(({ takenKib }) => takenKib)),
    limitKib: limitOf(counters, number),
    metaspaceKib: metaspace === null ? null : metaspace / 1024,
    collections,
    threads: number("java.threads.live"),
    threadsPeak: number("java.threads.livePeak"),
    classes: loaded === null ? null : loaded - (number("java.cls.unloadedClasses") ?? 0),
    upMs: ticks === null ? null : ticks / ticksPerMs,
    lastCause: text("sun.gc.lastCause"),
    version: text("java.property.java.vm.version"),
  };
}

/** Serial and Parallel give each generation a part of the heap, G1 gives each of them all of it. */
function limitOf(counters: PerfCounters, number: (name: string) => number | null): number | null {
  const limits = range(generationsMax).map((n) => number(`sun.gc.generation.${n}.maxCapacity`) ?? 0);
  const isShared = counters.get("sun.gc.policy.name") === "GarbageFirst";
  const bytes = isShared ? Math.max(...limits) : sum(limits);
  return bytes > 0 ? bytes / 1024 : null;
}

/** "JVM heap 3.8 GiB of 4.0 GiB". */
export function heapHeadline({ usedKib, limitKib }: HeapUse): string {
  return `JVM heap ${formatKib(usedKib)}${limitKib === null ? "" : ` of ${formatKib(limitKib)}`}`;
}

export function heapText(use: HeapUse): string {
  const known = (value: number | null) => (value === null ? "?" : String(value));
  const collections = use.collections.map(
    ({ name, count, tookMs }) => `  ${name}: ${count} in ${formatDuration(tookMs)}`,
  );
  return [
    `${heapHeadline(use)}, ${formatKib(use.takenKib)} taken from the system`,
    ...use.spaces.map(
      ({ name, usedKib, takenKib }) => `  ${name}: ${formatKib(usedKib)} of ${formatKib(takenKib)}`,
    ),
    `metaspace ${use.metaspaceKib === null ? "?" : formatKib(use.metaspaceKib)}, ${known(use.classes)} classes`,
    `${known(use.threads)} threads, ${known(use.threadsPeak)} at most`,
    `collections since its start ${use.upMs === null ? "" : `${formatDuration(use.upMs)} ago`}, the last for: ${use.lastCause ?? "?"}`,
    ...collections,
    `version ${use.version ?? "?"}`,
    "",
  ].join("\n");
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
