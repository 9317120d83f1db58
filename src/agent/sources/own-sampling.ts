/**
 * The agent's own measuring: a reaction never depends on bash. While readings come from the tool it only looks on, since
 * near a limit the tool says nothing between two seconds unless the level changes: one that is frozen cannot be told
 * from one that is content. While none come it takes the tool's place, at the tool's cadence, processes too.
 */

import type { Config } from "../../core/config.ts";
import { describeError } from "../../core/errors.ts";
import { severity } from "../../core/level.ts";
import { type MemoryKind, memoryKinds, type Reading } from "../../core/reading.ts";
import type { Measurement, Meter } from "../../linux/meter.ts";

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
  /** Wakes after `delayMs`, unless woken before: the tool gets that long to its first line. */
  wakeIn(delayMs: number): void;
  /** Takes the tool's place since the last look. */
  isAlone(): boolean;
  stop(): void;
}

/** Beside the tool: 0.1 ms each. Near a limit often enough that a frozen tool costs a third of a second at the most. */
const lookMs = { min: 250, max: 1000 };
/** What the tool may take to say what it has measured, beyond its cadence; at least and at most. */
const graceMs = { more: 50, max: 550 };
const processesMs = 1000;
const retryMs = 500;

export function createOwnSampling(options: OwnSamplingOptions): OwnSampling {
  let timer: Timer | undefined;
  let isAlone = false;
  let processesDueMs = Number.NEGATIVE_INFINITY;
  let waitMs = 0;
  /** Since when the agent has known of a worse level than the tool, and until when the tool may say so. */
  let saysUntilMs: number | undefined;
  return {
    wake,
    wakeIn: schedule,
    isAlone: () => isAlone,
    stop: () => clearTimeout(timer),
  };

  function wake(): void {
    clearTimeout(timer);
    isAlone = options.isNeeded();
    try {
      const measurement = options.meter.measure(options.config());
      options.onSight();
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
    return options.meter.waitMs(measurement, options.config());
  }

  /** Returns when to look again. */
  function lookOn(measurement: Measurement): number {
    const cadenceMs = waitMs;
    waitMs = options.meter.waitMs(measurement, options.config());
    const periodMs = Math.min(lookMs.max, Math.max(lookMs.min, waitMs));
    const unsaid = options.mayCorrect ? readingsOf(measurement).filter(isUnsaid) : [];
    const nowMs = options.monotonicMs();
    if (unsaid.length === 0) saysUntilMs = undefined;
    else saysUntilMs ??= nowMs + Math.min(graceMs.max, cadenceMs + graceMs.more);
    if (saysUntilMs === undefined) return periodMs;
    if (nowMs < saysUntilMs) return saysUntilMs - nowMs;
    saysUntilMs = undefined;
    for (const reading of unsaid) options.onReading(reading);
    return periodMs;
  }

  function isUnsaid({ kind, level }: Reading): boolean {
    return severity(level) > severity(options.latest(kind)?.level ?? "normal");
  }

  function takeProcesses(): void {
    const nowMs = options.monotonicMs();
    if (nowMs < processesDueMs) return;
    processesDueMs = nowMs + processesMs;
    try {
      options.onProcesses();
    } catch {
      // Without a descriptor for them: memory is measured, and they are tried again.
    }
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(wake, delayMs);
  }
}

function readingsOf({ readings }: Measurement): Reading[] {
  return memoryKinds.flatMap((kind) => readings[kind] ?? []);
}
