/** The deed `crash-dump`: the state machine of src/actions/crash-dump.ts, wired to this core and this incident. */

import { basename, dirname, join } from "node:path";
import { crashDump } from "../actions/crash-dump.ts";
import type { Outcome } from "../core/action.ts";
import type { DumpProspect } from "../core/dump-prospect.ts";
import { describeError } from "../core/errors.ts";
import { describeGrowth } from "../core/growth.ts";
import { judgeVictim, type VictimJudgement } from "../core/victim.ts";
import { moveAside } from "../linux/dump-file.ts";
import { isSameCore } from "../linux/nso.ts";
import { surveyVictims } from "../linux/oom-victim.ts";
import { readBootId } from "../linux/procfs.ts";
import { createCriticalCheck } from "./critical-check.ts";
import type { DeedContext } from "./deed.ts";
import { dumpWatchOf } from "./follow-dump.ts";
import { collectEvidence } from "./incident-evidence.ts";
import { type ScoreChange, shield, unshield } from "./shield.ts";
import { takeDebugDumps } from "./take-debug-dumps.ts";
import { sendToCore } from "./target.ts";

// The record is on disk in 1–10 ms on a healthy one; a stalled one must not hold back the signal for longer.
const recordSyncMsMax = 50;
const prepareMsMax = 50;
const victimSurveyMsMax = 100;
const victimPollMs = 1000;
/** Small files, 15 ms on a healthy disk; a dead one must not hold the end of the agent. */
const evidenceMsMax = 5000;

export async function takeCrashDump(context: DeedContext): Promise<Outcome> {
  const { action, config, target, incident, roots, journal, now } = context;
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
    prepare: () => prepare(context, record),
    withoutDump: config.crash_dump.without_dump,
    lastDebugDump() {
      target.signalled = false;
      return takeDebugDumps({ ...context, begun: () => {}, undone: () => {} }, { count: 1 });
    },
    awaitVictim: config.crash_dump.victim === "require" ? () => awaitVictim(context, isCritical) : undefined,
    shield() {
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
      const judgement = surveyAndRecord(context);
      if (judgement.isNso === false && config.crash_dump.victim === "warn")
        journal.deed(`NSO is not what the kernel would kill: ${judgement.sentence}`, "error");
      evidence = collectEvidence(context, "critical");
    },
    kill: config.crash_dump.kill === "after-timeout" ? () => sendToCore(target, "SIGKILL") : undefined,
    signal: context.signal,
  });
  await Promise.race([evidence, Bun.sleep(evidenceMsMax)]);
  target.signalled = sent;
  return outcome;
}

/** A fresh judgement of the place, and the old dump moved out of the way; bounded, a dead mount answers never. */
async function prepare(
  { target, now }: DeedContext,
  record: (step: string, facts: Record<string, unknown>) => void,
): Promise<DumpProspect | undefined> {
  let late = false;
  const work = async (): Promise<DumpProspect> => {
    const { prospect, movable } = await target.outlook.judge();
    if (prospect.outlook === "hopeless") return prospect;
    for (const { path, reach } of movable) {
      if (late) break;
      const aside = await moveAside(reach, now());
      if (aside !== undefined)
        record("moved-aside", { from: path, to: join(dirname(path), basename(aside)) });
    }
    return prospect;
  };
  const bounded = Bun.sleep(prepareMsMax).then(() => {
    late = true;
    return target.outlook.prospect();
  });
  const failed = (error: unknown) => {
    record("prepare-failed", { reason: describeError(error) });
    return target.outlook.prospect();
  };
  return await Promise.race([work().catch(failed), bounded]);
}

/** Who would be killed, and who grew; into the incident in any case. */
function surveyAndRecord({ action, target, roots, incident, now }: DeedContext): VictimJudgement {
  const { ceiling } = action.reading;
  const cgroupPath = ceiling.startsWith("cgroup:") ? ceiling.slice("cgroup:".length) : undefined;
  const survey = surveyVictims(roots.procDir, { msMax: victimSurveyMsMax, cgroupPath });
  const own = new Set([target.core.pid, ...target.outlook.family().map(({ pid }) => pid)]);
  const judgement = judgeVictim(survey.ranking, own);
  const growth = target.outlook.growth();
  incident.record({
    atMs: now(),
    step: "victim",
    ...judgement,
    ...survey,
    growth,
    grew: describeGrowth(growth),
  });
  return judgement;
}

/** Asks until NSO is the kernel's choice; a reason once memory is not critical any more, or the time is over. */
async function awaitVictim(context: DeedContext, isCritical: () => boolean): Promise<string | undefined> {
  const { config, journal, now, signal } = context;
  const endsMs = now() + config.crash_dump.timeout;
  for (let told = false; ; told = true) {
    const { isNso, sentence } = surveyAndRecord(context);
    // Unknown counts as yes: a rescue that cannot be judged is still asked for.
    if (isNso !== false) return undefined;
    if (!told)
      journal.deed(`crash_dump.victim = "require": ${sentence}; NSO is left alone for now`, "warning");
    await Bun.sleep(victimPollMs);
    if (signal.aborted) return "the agent was stopped while it waited for NSO to be the kernel's choice";
    if (!isCritical()) return `memory is not critical any more, and ${sentence}`;
    if (now() > endsMs) return sentence;
  }
}
