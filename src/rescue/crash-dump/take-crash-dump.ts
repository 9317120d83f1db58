/** The deed `crash-dump`: the state machine of src/actions/crash-dump.ts, wired to this core and this incident. */

import type { Outcome } from "../../core/action.ts";
import { describeError } from "../../core/errors.ts";
import { isSameCore } from "../../linux/nso.ts";
import { readBootId } from "../../linux/procfs.ts";
import type { DeedContext } from "../action-context.ts";
import { createCriticalCheck } from "../critical-check.ts";
import { takeDebugDumps } from "../debug-dump/debug-dump.ts";
import { collectEvidence } from "../evidence/host-state.ts";
import { sendToCore } from "../target.ts";
import { crashDump } from "./crash-dump.ts";
import { dumpWatchOf } from "./follow-dump.ts";
import { prepareDump } from "./prepare.ts";
import { type ScoreChange, shield, unshield } from "./shield.ts";
import { awaitVictim, readOwnScores, surveyAndRecord } from "./survey.ts";

// The record is on disk in 1–10 ms on a healthy one; a stalled one must not hold back the signal for longer.
const recordSyncMsMax = 50;
/** Small files, 15 ms on a healthy disk; a dead one must not hold the end of the agent. */
const evidenceMsMax = 5000;

export async function takeCrashDump(context: DeedContext): Promise<Outcome> {
  const { action, config, target, incident, roots, now } = context;
  const { procDir } = roots;
  const { core, outlook } = target;
  if (target.signalled) {
    const message = "SIGUSR1 was sent to this core already";
    incident.record({ atMs: now(), step: "skipped", message, pid: core.pid });
    return { outcome: "skipped", message, files: [] };
  }
  target.signalled = true;
  let sent = false;
  let changes: ScoreChange[] = [];
  let scores = new Map<number, number>();
  let evidence: Promise<void> | undefined;
  const record = (step: string, facts?: Record<string, unknown>) =>
    void incident.record({ atMs: now(), step, ...facts });
  const isCritical = createCriticalCheck({ ...context, reading: action.reading, pid: core.pid });
  record("critical", {
    rule: action.rule,
    reading: action.reading,
    pid: core.pid,
    startTicks: core.startTicks,
    bootId: readBootId(procDir),
    argv: core.argv,
    places: target.dump.places.map(({ path }) => path),
    prospect: outlook.prospect() ?? null,
  });
  const outcome = await crashDump({
    ...dumpWatchOf(context, { core, places: () => target.dump.places, record, isCritical }),
    pid: core.pid,
    isSameCore: () => isSameCore(procDir, core),
    sendSignal: () => sendToCore(target, "SIGUSR1"),
    syncRecord: () => incident.sync(recordSyncMsMax),
    prepare: () => prepareDump(context, record),
    withoutDump: config.crash_dump.without_dump,
    lastDebugDump() {
      target.signalled = false;
      return takeDebugDumps({ ...context, begun: () => {}, undone: () => {} }, { count: 1 });
    },
    awaitVictim: config.crash_dump.victim === "require" ? () => awaitVictim(context, isCritical) : undefined,
    shield() {
      scores = readOwnScores(context);
      changes = shield(procDir, core, outlook.family());
      record("shielded", { changes });
    },
    unshield() {
      if (changes.length === 0) return;
      unshield(procDir, changes);
      record("unshielded", { changes: changes.length });
    },
    onSent() {
      sent = true;
      context.begun();
    },
    collectEvidence() {
      evidence = gatherEvidence(context, scores).catch((error: unknown) =>
        record("evidence-failed", { reason: describeError(error) }),
      );
    },
    kill: config.crash_dump.kill === "after-timeout" ? () => sendToCore(target, "SIGKILL") : undefined,
    signal: context.signal,
  });
  await Promise.race([evidence, Bun.sleep(evidenceMsMax)]);
  target.signalled = sent;
  return outcome;
}

/** After the signal, and after the first look at whether room must be made: a survey of all processes takes its time. */
async function gatherEvidence(context: DeedContext, scores: ReadonlyMap<number, number>): Promise<void> {
  await Bun.sleep(0);
  const { isNso, sentence } = surveyAndRecord(context, scores);
  if (isNso === false && context.config.crash_dump.victim === "warn")
    context.journal.deed(`NSO is not what the kernel would kill: ${sentence}`, "error");
  await collectEvidence(context, "critical");
}
