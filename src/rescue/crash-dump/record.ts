/** Record: what is about to be done is on disk before anything irreversible, so that a later agent knows of it. */

import type { Action } from "../../core/action.ts";
import type { IncidentStep, ScoreChange } from "../../core/incident-step.ts";
import { searchOf } from "../../linux/crash-dump-path.ts";
import { readBootId } from "../../linux/procfs.ts";
import type { Target } from "../target.ts";
import type { CrashDumpWorld } from "./ports.ts";

/** Writes that the signal is about to go out, and waits a bounded time for the disk. False: it is not on disk yet. */
export async function recordIntent(
  { core, memory, record }: CrashDumpWorld,
  msMax: number,
): Promise<boolean> {
  record.write({
    step: "signal-intended",
    pid: core.pid,
    signal: "SIGUSR1",
    uptimeMs: record.uptimeMs(),
    changes: plannedChanges(memory),
  });
  return await record.sync(msMax);
}

/** Help that fails must not keep the signal back. */
function plannedChanges(memory: CrashDumpWorld["memory"]): ScoreChange[] {
  try {
    return memory.planShield();
  } catch {
    return [];
  }
}

/** Everything that a later agent needs to finish the incident: which core, since when, where its dump goes. */
export function criticalStep({ rule, reading }: Action, { core, dump, outlook }: Target, procDir: string) {
  return {
    step: "critical",
    rule,
    reading,
    pid: core.pid,
    startTicks: core.startTicks,
    bootId: readBootId(procDir),
    argv: core.argv,
    places: dump.places.map(({ path }) => path),
    alike: searchOf(dump).alike,
    prospect: outlook.prospect() ?? null,
  } as const satisfies IncidentStep;
}
