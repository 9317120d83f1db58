/** The action `crash-dump`: the steps of crash-dump.ts on this core and this incident. */

import { type Outcome, skipped } from "../../core/action.ts";
import { describeError } from "../../core/errors.ts";
import type { IncidentStep, ScoreChange } from "../../core/incident-step.ts";
import { searchOf } from "../../linux/crash-dump-path.ts";
import { isAlive } from "../../linux/procfs.ts";
import type { Incident } from "../../record/incident.ts";
import type { ActionKindEntry, CoreActionContext } from "../action-context.ts";
import { quietly } from "../bookkeeping.ts";
import { takeDebugDumps } from "../debug-dump/debug-dump-kind.ts";
import { collectHostState } from "../evidence/host-state.ts";
import { noteNsoActed } from "../evidence/nso-acted.ts";
import { crashDump } from "./crash-dump.ts";
import { createCriticalCheck } from "./critical-check.ts";
import { corePort, dumpPort, makeRoom, recordPort, sharedEndOf } from "./host-ports.ts";
import type { CorePort, CrashDumpWorld, MemoryPort } from "./ports.ts";
import { prepareDump } from "./prepare.ts";
import { criticalStep } from "./record.ts";
import { isShielded, planShield, shield, unshield } from "./shield.ts";
import { judgeVictimNow, readOwnScores } from "./survey.ts";
import { throttleOf } from "./throttle.ts";

declare module "../../core/action.ts" {
  interface ActionKinds {
    "crash-dump": object;
  }
}

export const crashDumpKind: ActionKindEntry = {
  takesPath: false,
  needsCore: true,
  irreversible: true,
  sendsSignal: true,
  cooldownPer: "memory-kind",
  cooldownMs: ({ crash_dump }) => crash_dump.cooldown,
  perform: takeCrashDump,
};

/** Small files, 15 ms on a healthy disk; a dead one must not hold up the end of the agent. */
const evidenceMsMax = 5000;
/** Whether an earlier agent sent it is known since the core was found, unless the disk hangs. */
const knownMsMax = 20;

async function takeCrashDump(given: CoreActionContext): Promise<Outcome> {
  const context = { ...given, incident: retoldOnce(given) };
  const { action, target, incident, host, run } = context;
  const { core } = target;
  await target.signal.whenKnown(knownMsMax);
  if (!target.signal.claim()) {
    const message = "SIGUSR1 was sent to this core already";
    incident.record(host.wallMs(), { step: "skipped", message, pid: core.pid });
    return skipped(message);
  }
  let isSent = false;
  // Once: after that another action may hold it.
  let isHeld = true;
  const giveBack = () => {
    if (isHeld) target.signal.giveBack();
    isHeld = false;
  };
  const evidence = evidenceCollector(context);
  try {
    const record = { ...recordPort(context), collectEvidence: evidence.begin };
    quietly(host, "not recorded", () => record.write(criticalStep(action, target, host.roots.procDir)));
    const outcome = await crashDump({
      core: signalledCore(context, () => {
        isSent = true;
      }),
      dump: dumpPortOf(context, giveBack),
      memory: memoryPort(context, evidence.scores),
      record,
      policy: context.config.crash_dump,
      progress: {
        begun: () => quietly(host, "not noted", run.begun),
        note: run.note,
        survived: () => quietly(host, "not watched on", run.survived),
        isRetry: context.tries.count > 1,
        stop: context.stop,
      },
    });
    await Promise.race([evidence.collected(), Bun.sleep(evidenceMsMax)]);
    return withStranger(outcome, evidence.stranger());
  } finally {
    // Also where something threw: a signal that never went out is for the next attempt to send.
    if (!isSent) giveBack();
  }
}

/** NSO's dump explains nothing where another one took the memory: that is said where the dump is. */
function withStranger(outcome: Outcome, stranger: string | undefined): Outcome {
  if (stranger === undefined) return outcome;
  const { message } = outcome;
  return { ...outcome, message: `${message}${message.endsWith(".") ? "" : "."} ${stranger}` };
}

/** Steps on the way to the signal: the same at each attempt, and there may be one a second. */
const onTheWay: ReadonlySet<IncidentStep["step"]> = new Set([
  "critical",
  "prepared",
  "prepare-failed",
  "shielded",
  "signal-intended",
  "signal-refused",
  "signal-withheld",
  "unshielded",
  "victim",
]);

/** The incident, which is told of each of those once. */
function retoldOnce({ incident, tries }: CoreActionContext): Incident {
  return {
    ...incident,
    record(atMs, step) {
      if (onTheWay.has(step.step) && tries.told.has(step.step)) return;
      incident.record(atMs, step);
      tries.told.add(step.step);
    },
  };
}

/** The core, whose one signal is written down for later agents before it goes out. */
function signalledCore(context: CoreActionContext, onSent: () => void): CorePort {
  const { core, handle, signal } = context.target;
  const port = corePort(context, core, handle);
  return {
    ...port,
    announce: signal.goesOut,
    send(name) {
      const isSent = port.send(name);
      if (isSent && name === "SIGUSR1") onSent();
      return isSent;
    },
  };
}

function dumpPortOf(context: CoreActionContext, giveBack: () => void): CrashDumpWorld["dump"] {
  const { target, incident, host } = context;
  let known: ReadonlySet<string> | undefined;
  return {
    ...dumpPort(context, {
      search: () => searchOf(target.dump),
      known: () => known,
      skewMs: target.outlook.skewMs,
    }),
    async prepare(msMax) {
      const record = {
        wallMs: host.wallMs,
        write: (step: IncidentStep) => incident.record(host.wallMs(), step),
      };
      const prepared = await prepareDump(target.outlook, record, msMax);
      // From here on the dump itself is among the files that a later look sees.
      known = prepared.known;
      return prepared;
    },
    lastDebugDump() {
      // A core whose signal is spent is asked for no debug dump; this one's is not going out.
      giveBack();
      const run = { ...context.run, begun: () => {}, undone: () => {} };
      return takeDebugDumps({ ...context, run }, { count: 1, isLast: true });
    },
  };
}

const unshielded =
  "NSO dumps without a shield from the OOM killer: its score may not be lowered here (no CAP_SYS_RESOURCE), and there is no VM whose score could be raised";

/** `scores` takes up what the kernel's scores were before the shield changed them. */
function memoryPort(context: CoreActionContext, scores: Map<number, number>): MemoryPort {
  const { action, config, target, incident, host } = context;
  const { core, outlook } = target;
  const { procDir } = host.roots;
  let changes: ScoreChange[] = [];
  const sharedEnd = () => sharedEndOf(context, core, outlook.unit());
  const exposable = () => (sharedEnd() === undefined ? outlook.family() : []);
  return {
    isCritical: createCriticalCheck({ config, host, reading: action.reading, core }),
    judgeVictim: () => judgeVictimNow(context),
    sharedEnd,
    planShield: () => planShield(procDir, core, exposable),
    shield() {
      quietly(host, "the scores of before are not known", () => {
        for (const [pid, score] of readOwnScores(context)) scores.set(pid, score);
      });
      changes = shield(procDir, core, exposable);
      incident.record(host.wallMs(), { step: "shielded", changes });
      if (changes.length === 0 && isAlive(procDir, core) && !isShielded(procDir, core))
        host.journal.action(unshielded, "warning");
    },
    unshield() {
      if (changes.length === 0) return;
      unshield(procDir, changes);
      incident.record(host.wallMs(), { step: "unshielded", changes: changes.length });
    },
    makeRoom: (why) => makeRoom(context, core, why),
    ...throttleOf(context, core),
  };
}

/** Evidence begins when it is asked for; `collected` waits for what was begun. */
function evidenceCollector(context: CoreActionContext) {
  const { incident, host } = context;
  const scores = new Map<number, number>();
  let collecting: Promise<void> | undefined;
  let stranger: string | undefined;
  return {
    scores,
    stranger: () => stranger,
    begin() {
      collecting = collect(context, scores, (sentence) => {
        stranger = sentence;
      }).catch(
        (error: unknown) =>
          void incident.record(host.wallMs(), { step: "evidence-failed", reason: describeError(error) }),
      );
    },
    collected: () => collecting,
  };
}

/** After the signal, and after the first look at whether room must be made: a survey of all processes takes its time. */
async function collect(
  context: CoreActionContext,
  scores: ReadonlyMap<number, number>,
  onStranger: (sentence: string | undefined) => void,
): Promise<void> {
  await Bun.sleep(0);
  const { isNso, sentence, stranger } = judgeVictimNow(context, scores);
  onStranger(stranger);
  if (isNso === false && context.config.crash_dump.victim === "warn")
    context.host.journal.action(`NSO is not what the kernel would kill: ${sentence}`, "error");
  await collectHostState(context, "critical");
  await noteNsoActed(context);
}
