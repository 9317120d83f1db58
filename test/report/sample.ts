/** Made-up recordings whose every number follows from its arguments, for tests, pictures and benches. */

import type { HistoryEvent, ProcessSeries, Recording, RunMeta } from "../../src/core/recording.ts";

export const gib = 1024 ** 2;
export const mib = 1024;

export const meta: RunMeta = {
  version: "0.1.0",
  hostname: "nso-prg-1",
  timeZone: "Europe/Prague",
  limits: {
    physical: { warningPercent: 90, criticalPercent: 95 },
    allocated: { warningPercent: 90, criticalPercent: 95 },
  },
  basis: "available",
  pageSizeBytes: 4096,
  kernel: "5.14.0-503.el9",
  swapTotalKib: 0,
  hugePagesKib: 0,
  overcommitRatio: 50,
};

export interface SampleOptions {
  startMs: number;
  ticks: number;
  intervalMs?: number;
  memTotalKib?: number;
  commitLimitKib?: number | ((tick: number) => number);
  vms?: string[];
  /** RSS of the core at a tick; everything of the host follows from the processes. */
  coreKib?: (tick: number) => number;
  /** Ticks where nothing was measured. */
  silent?: (tick: number) => boolean;
  events?: HistoryEvent[];
  meta?: RunMeta;
  overcommitMode?: number;
}

/** A core, a JavaVM and Python VMs at 1 Hz. */
export function sampleRecording(options: SampleOptions): Recording {
  const {
    startMs,
    ticks,
    intervalMs = 1000,
    memTotalKib = 24_684_096,
    vms = ["bgworker", "resource-manager"],
  } = options;
  const coreKib = options.coreKib ?? (() => 2 * gib);
  const limitOf = options.commitLimitKib ?? 12_342_048;
  const measured = Array.from({ length: ticks }, (_, tick) => tick).filter((tick) => !options.silent?.(tick));
  const column = (value: (tick: number) => number) => Float64Array.from(measured, value);
  const atMs = column((tick) => startMs + tick * intervalMs);
  const noise = (tick: number, size: number, seed: number) =>
    Math.round(((Math.sin(tick * 12.9898 + seed) * 43758.5453) % 1) * size);
  const process = (
    group: ProcessSeries["group"],
    name: string,
    pid: number,
    rss: (tick: number) => number,
    extraKib: number,
  ): ProcessSeries => ({
    group,
    name,
    pids: [pid],
    atMs,
    rssKib: column((tick) => Math.round(rss(tick))),
    allocatedKib: column((tick) => Math.round(rss(tick) + extraKib)),
  });
  const core = process("core", "ncs.smp", 8571, (tick) => coreKib(tick) + noise(tick, 6 * mib, 1), 180 * mib);
  const java = process(
    "javavm",
    "NcsJVMLauncher",
    6983,
    (tick) => 900 * mib + 120 * mib * ((tick % 240) / 240),
    450 * mib,
  );
  const python = vms.map((name, index) =>
    process(
      "pythonvm",
      name,
      6985 + index,
      (tick) => (42 + 18 * index) * mib + tick * 0.02 + noise(tick, 300, index),
      -4 * mib,
    ),
  );
  const sum = (tick: number, of: "rssKib" | "allocatedKib") =>
    [core, java, ...python].reduce((total, one) => total + (one[of][tick] ?? 0), 0);
  const rows = Float64Array.from(measured, (_, row) => row);
  return {
    sinceMs: startMs,
    untilMs: startMs + Math.max(0, ticks - 1) * intervalMs + 1,
    host: {
      atMs,
      memUsedKib: rows.map((row) => sum(row, "rssKib") + 3.1 * gib),
      memTotalKib: column(() => memTotalKib),
      committedKib: rows.map((row) => sum(row, "allocatedKib") + 2.4 * gib),
      commitLimitKib: column((tick) => (typeof limitOf === "number" ? limitOf : limitOf(tick))),
    },
    processes: ticks === 0 ? [] : [core, java, ...python],
    events: options.events ?? [],
    runs: [{ startedMs: startMs, meta: options.meta ?? meta }],
    overcommitMode: options.overcommitMode ?? 2,
  };
}

/** An hour that ends in a crash dump: growth, three debug dumps, SIGUSR1, restart. */
export function incidentRecording(startMs = Date.parse("2025-11-23T13:09:51.120Z")): Recording {
  const at = (tick: number) => startMs + tick * 1000;
  const coreKib = (tick: number) => {
    if (tick < 900) return 2.1 * gib + tick * 60;
    if (tick < 2600) return 2.2 * gib + ((tick - 900) / 1700) ** 2 * 5.4 * gib;
    return 1.2 * gib + Math.min(900 * mib, (tick - 2600) * 4 * mib);
  };
  const event = (
    tick: number,
    type: HistoryEvent["type"],
    text: string,
    more: Partial<HistoryEvent> = {},
  ): HistoryEvent => ({
    atMs: at(tick),
    type,
    text,
    ...more,
  });
  const incidentId = "20251123T135151-allocated";
  return sampleRecording({
    startMs,
    ticks: 3600,
    coreKib,
    silent: (tick) => tick > 3000 && tick < 3090,
    events: [
      event(0, "run", "nsomem 0.1.0 started"),
      event(2364, "level", "allocated 90.0 %: warning", { kind: "allocated", level: "warning", incidentId }),
      event(2365, "action", "debug dump 1 done: dump1.bin 41 MB", {
        kind: "allocated",
        level: "warning",
        incidentId,
      }),
      event(2368, "action", "debug dump 2 done: dump2.bin 42 MB", {
        kind: "allocated",
        level: "warning",
        incidentId,
      }),
      event(2371, "action", "debug dump 3 done: dump3.bin 42 MB", {
        kind: "allocated",
        level: "warning",
        incidentId,
      }),
      event(2468, "level", "allocated 95.0 %: critical", {
        kind: "allocated",
        level: "critical",
        incidentId,
      }),
      event(2469, "action", "SIGUSR1 to NSO (pid 8571)", {
        kind: "allocated",
        level: "critical",
        incidentId,
      }),
      event(2601, "nso", "NSO ended, crash dump complete: 1.4 GB", { incidentId }),
      event(2640, "nso", "NSO started (pid 9120)"),
      event(3000, "tool", "measuring tool restarted: silent for 4 s"),
    ],
  });
}
