/** A made-up history.db of any length, as noisy as a host is: for the benches and the browser test. */

import type { ProcessSample } from "../../src/core/reading.ts";
import type { HistoryEvent } from "../../src/core/recording.ts";
import { openStore } from "../../src/record/store.ts";
import { gib, meta, mib } from "./sample.ts";

export interface SampleHistoryOptions {
  startMs: number;
  ticks: number;
  vms: number;
  events?: HistoryEvent[];
}

/** The kernel counts memory in pages. */
const pageKib = 4;

/** Memory is reserved from the kernel in larger pieces than it is used. */
function reserved(kib: number, pieceMib: number): number {
  return Math.ceil(kib / (pieceMib * mib)) * pieceMib * mib;
}

/** 1 Hz with some ms of jitter. The same arguments give the same file content. */
export function writeSampleHistory(
  path: string,
  { startMs, ticks, vms, events = [] }: SampleHistoryOptions,
): void {
  const store = openStore(path);
  store.db.run("PRAGMA wal_autocheckpoint = 1000");
  store.writeRun({ startedMs: startMs, meta });
  const random = generator(20251123);
  const walk = (value: number, size: number) =>
    value + Math.round(((random() - 0.5) * size) / pageKib) * pageKib;
  let core = 2 * gib;
  let cache = 3 * gib;
  // Short-lived commands of the host.
  let visitors = 0;
  const python = Array.from({ length: vms }, (_, index) => (42 + 18 * index) * mib);
  const batch = 3600;
  for (let from = 0; from < ticks; from += batch) {
    const rows = Array.from({ length: Math.min(batch, ticks - from) }, (_, offset) => {
      const tick = from + offset;
      const atMs = startMs + tick * 1000 + Math.floor(random() * 5);
      core = Math.max(gib, walk(core, 3 * mib));
      cache = Math.max(gib, walk(cache, 2 * mib));
      // A spike of one second every six hours: it must be seen at any zoom.
      const spike = tick % 21_600 === 10_800 ? 3 * gib : 0;
      if (random() < 0.3) visitors = Math.floor(random() * 256) * pageKib;
      const java =
        900 * mib +
        Math.floor((120 * mib * (tick % 240)) / 240 / pageKib) * pageKib +
        Math.floor(random() * 64) * pageKib;
      const processes: ProcessSample[] = [
        {
          group: "core",
          name: "ncs.smp",
          pid: 8571,
          rssKib: core + spike,
          allocatedKib: reserved(core + spike, 32) + 180 * mib,
          children: [],
          atMs,
        },
        {
          group: "javavm",
          name: "NcsJVMLauncher",
          pid: 6983,
          rssKib: java,
          allocatedKib: 1900 * mib,
          children: [],
          atMs,
        },
      ];
      for (let index = 0; index < vms; index++) {
        if (random() < 0.1) python[index] = Math.max(20 * mib, walk(python[index] ?? 0, 200));
        const rssKib = python[index] ?? 0;
        const children = index === 1 ? [{ pid: 7100, rssKib: 96 * mib, allocatedKib: 120 * mib }] : [];
        processes.push({
          group: "pythonvm",
          name: `service-${index + 1}`,
          pid: 6985 + index,
          rssKib,
          allocatedKib: reserved(rssKib, 1) - 4 * mib,
          children,
          atMs,
        });
      }
      const sum = (of: "rssKib" | "allocatedKib") => processes.reduce((total, one) => total + one[of], 0);
      return {
        host: {
          atMs,
          memUsedKib: sum("rssKib") + cache,
          memTotalKib: 24_684_096,
          committedKib: sum("allocatedKib") + 2 * gib + visitors,
          commitLimitKib: 12_342_048,
          overcommitMode: 2,
        },
        processes,
      };
    });
    store.write(rows, from === 0 ? events : []);
  }
  store.close();
}

/** Numbers from 0 to 1 from a seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
