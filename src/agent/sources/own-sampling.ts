/**
 * The agent's own measuring: a reaction never depends on bash. While readings come from the tool it only looks on, since
 * near a limit the tool says nothing between two seconds unless the level changes: one that is frozen cannot be told
 * from one that is content. While none come it takes the tool's place, at the tool's cadence, processes too.
 */

import type { Config } from "../../core/config.ts";
import { describeError } from "../../core/errors.ts";
import { severity } from "../../core/level.ts";
import { type MemoryKind, memoryKinds, type Reading } from "../../core/reading.ts";
import type { Measurement, Meter, SeenGrowth } from "../../linux/meter.ts";

export interface OwnSamplingOptions {
  meter: Pick<Meter, "measure" | "waitMs">;
  config: () => Config;
  monotonicMs: () => number;
  /** Readings do not come from the tool. */
  isNeeded: () => boolean;
  /** The tool has the limits of the configuration: what it does not say in time is said in its place. */
  mayCorrect: boolean;
  /** The last reading that was taken, of whomever. */
  latest: (kind: MemoryKind) => Reading | undefined;
  onReading: (reading: Reading) => void;
  /** Once a second while needed: NSO's processes are to be measured. */
  onProcesses: () => void;
  /** Memory was seen, whether or not it is taken as a reading. */
  onSight: () => void;
  onFailure: (reason: string) => void;
}

export interface OwnSampling {
  /** Measures now, and goes on. */
  wake(): void;
  /** The same beside a tool that delivers, unless it has looked on a moment ago or will in a moment. */
  ride(): void;
  /**
   * The tool has said a level that was not found again right after. It says it once, so that a moment of less would hide
   * all that comes after it: for the length of a full tick, when it says its level again, this looks as often as the tool
   * and takes a worse level at once.
   */
  insist(): void;
  /** Wakes after `delayMs`, unless woken before: the tool gets that long to its first line. */
  wakeIn(delayMs: number): void;
  /** Takes the tool's place since the last look. */
  isAlone(): boolean;
  stop(): void;
}

/**
 * Beside the tool: 0.1 ms each. Near a limit often enough that a frozen tool costs a third of a second at the most. Far
 * from it with the ticks of the tool, and by itself where they do not come.
 */
const lookMs = { min: 250, least: 700, max: 1100 };
/** What the tool may take to say what it has measured, beyond its cadence; at least and at most. */
const graceMs = { more: 50, max: 550 };
const processesMs = 1000;
const retryMs = 500;

export function createOwnSampling(options: OwnSamplingOptions): OwnSampling {
  let timer: Timer | undefined;
  let isAlone = false;
  const takeProcesses = createProcessRounds(options);
  let waitMs = 0;
  let lookedMs = Number.NEGATIVE_INFINITY;
  const growth = createGrowthWatch();
  /** Since when the agent has known of a worse level than the tool, and until when the tool may say so. */
  let saysUntilMs: number | undefined;
  let insistsUntilMs = Number.NEGATIVE_INFINITY;
  return {
    wake,
    insist() {
      if (!options.mayCorrect) return;
      const { interval_min, interval_max } = options.config().tool;
      insistsUntilMs = options.monotonicMs() + interval_max;
      saysUntilMs = undefined;
      schedule(interval_min);
    },
    ride() {
      if (!isAlone && saysUntilMs === undefined && options.monotonicMs() - lookedMs >= lookMs.least) wake();
    },
    wakeIn: schedule,
    isAlone: () => isAlone,
    stop: () => clearTimeout(timer),
  };

  function wake(): void {
    lookedMs = options.monotonicMs();
    isAlone = options.isNeeded();
    try {
      const measurement = options.meter.measure(options.config());
      options.onSight();
      growth.take(measurement, lookedMs, options.config());
      schedule(isAlone ? replaceTool(measurement) : lookOn(measurement));
    } catch (error) {
      options.onFailure(describeError(error));
      schedule(retryMs);
    }
    if (isAlone) takeProcesses();
  }

  function replaceTool(measurement: Measurement): number {
    saysUntilMs = undefined;
    for (const reading of readingsOf(measurement)) options.onReading(reading);
    return options.meter.waitMs(measurement, options.config(), growth.seen());
  }

  /** Returns when to look again. */
  function lookOn(measurement: Measurement): number {
    const cadenceMs = waitMs;
    const { interval_min, interval_max } = options.config().tool;
    waitMs = options.meter.waitMs(measurement, options.config());
    const nowMs = options.monotonicMs();
    const insists = nowMs < insistsUntilMs;
    const periodMs = insists ? interval_min : lookPeriodMs(waitMs, interval_max);
    const unsaid = unsaidOf(measurement, options);
    if (unsaid.length === 0) saysUntilMs = undefined;
    else saysUntilMs ??= nowMs + (insists ? 0 : Math.min(graceMs.max, cadenceMs + graceMs.more));
    if (saysUntilMs === undefined) return periodMs;
    if (nowMs < saysUntilMs) return saysUntilMs - nowMs;
    saysUntilMs = undefined;
    for (const reading of unsaid) options.onReading(reading);
    return periodMs;
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, delayMs);
  }
}

/** At most once in `processesMs`. */
function createProcessRounds({ monotonicMs, onProcesses }: OwnSamplingOptions): () => void {
  let dueMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (monotonicMs() < dueMs) return;
    dueMs = monotonicMs() + processesMs;
    try {
      onProcesses();
    } catch {
      // Without a descriptor for them: memory is measured, and they are tried again.
    }
  };
}

function lookPeriodMs(waitMs: number, farMs: number): number {
  return waitMs >= farMs ? lookMs.max : Math.min(lookMs.max, Math.max(lookMs.min, waitMs));
}

/** Worse than what was taken last. */
function unsaidOf(measurement: Measurement, { mayCorrect, latest }: OwnSamplingOptions): Reading[] {
  if (!mayCorrect) return [];
  return readingsOf(measurement).filter(
    ({ kind, level }) => severity(level) > severity(latest(kind)?.level ?? "normal"),
  );
}

function readingsOf({ readings }: Measurement): Reading[] {
  return memoryKinds.flatMap((kind) => readings[kind] ?? []);
}

/** As the tool takes it: over most of the least interval at least, since memory comes in steps. */
function createGrowthWatch() {
  let base: { measurement: Measurement; atMs: number } | undefined;
  let seen: SeenGrowth | undefined;
  return {
    seen: () => seen,
    take(measurement: Measurement, atMs: number, { tool }: Config) {
      const ms = base ? atMs - base.atMs : Number.POSITIVE_INFINITY;
      if (ms < 0.75 * tool.interval_min) return;
      seen = base && { from: base.measurement, to: measurement, ms };
      base = { measurement, atMs };
    },
  };
}
