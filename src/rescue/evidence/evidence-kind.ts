/** The action `evidence`: what the process that grew most can tell of itself, into the incident's directory. */

import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { type Outcome, skipped } from "../../core/action.ts";
import { groups } from "../../core/group.ts";
import { describeGrowth } from "../../core/growth.ts";
import type { ActionKindEntry, CoreActionContext } from "../action-context.ts";
import { readEvidencePieces } from "./evidence-file.ts";
import { runEvidenceProcess } from "./evidence-process.ts";
import { chooseSubject, type EvidenceSubject } from "./grower.ts";
import { summarise } from "./take-evidence.ts";

declare module "../../core/action.ts" {
  interface ActionKinds {
    evidence: object;
  }
}

export const evidenceKind: ActionKindEntry = {
  takesPath: false,
  needsCore: true,
  irreversible: false,
  sendsSignal: false,
  cooldownPer: "memory-kind",
  cooldownMs: ({ evidence }) => evidence.cooldown,
  perform: takeGrowersEvidence,
};

async function takeGrowersEvidence(context: CoreActionContext): Promise<Outcome> {
  const { config, target, incident, host } = context;
  // What is on its way to the dump is not to be kept waiting, nor to be short of this memory.
  if (target.signal.isSpent()) return skipped("memory is critical: the crash dump comes first");
  context.run.begun();
  const growth = target.outlook.growth();
  const subject = chooseSubject(growth, target.core);
  const { pid, startTicks, group, name, why } = subject;
  const dir = await freeDirectory(incident.dir);
  incident.record(host.wallMs(), {
    ...{ step: "grower-evidence-begun" as const, pid, group, name, why },
    // The only word on who grew in an incident that ends at the warning.
    grew: describeGrowth(growth),
  });
  const calm = untilCritical(context);
  const { procDir } = host.roots;
  const mayAttach = config.evidence.attach === "if-caught";
  const task = { pid, startTicks, procDir, group, name, dir, mayAttach, ncs: config.nso.command ?? null };
  const cut = await runEvidenceProcess({
    ...{ task, timeoutMs: config.evidence.timeout, stop: calm.signal },
    daemons: target.outlook.around()?.daemons ?? [],
  });
  calm.close();
  const outcome = await outcomeOf(
    subject,
    dir,
    target.signal.isSpent() ? "stopped: memory is critical" : cut,
  );
  if (outcome.files.length === 0) context.run.undone();
  incident.record(host.wallMs(), { step: "grower-evidence", pid, group, name, dir, ...outcome });
  return outcome;
}

async function outcomeOf(
  { pid, group, name, why }: EvidenceSubject,
  dir: string,
  cut: string | undefined,
): Promise<Outcome> {
  const pieces = await readEvidencePieces(dir);
  const files = pieces.flatMap(({ file }) => (file === null ? [] : join(dir, file)));
  const who = `${groups[group].label} ${name} (PID ${pid}, ${why})`;
  const message = [`${who}: ${summarise(pieces)}`, ...(cut === undefined ? [] : [cut])].join("; ");
  if (files.length === 0) return { outcome: "failed", message, files };
  const isWhole = cut === undefined && pieces.every(({ missing }) => missing === null);
  return { outcome: isWhole ? "done" : "partial", message, files };
}

/** An episode of one kind may have it for two rules: nothing is overwritten. */
async function freeDirectory(incidentDir: string): Promise<string> {
  for (let number = 1; ; number++) {
    const dir = join(incidentDir, number === 1 ? "evidence" : `evidence-${number}`);
    if (!(await lstat(dir).catch(() => undefined))) return dir;
  }
}

/** Asked of a value in memory, while evidence is taken only. */
const criticalCheckMs = 20;

/** Aborted when the right to signal the core is taken, or the agent stops: what was taken until then is on the disk. */
function untilCritical({ target, stop }: CoreActionContext): { signal: AbortSignal; close(): void } {
  const critical = new AbortController();
  const timer = setInterval(() => {
    if (target.signal.isSpent()) critical.abort();
  }, criticalCheckMs);
  return { signal: AbortSignal.any([critical.signal, stop]), close: () => clearInterval(timer) };
}
