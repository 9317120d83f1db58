/** Is NSO the one to kill? Asked of the kernel's scores, with who grew beside it. */

import { describeGrowth } from "../../core/growth.ts";
import { judgeVictim, type VictimJudgement } from "../../core/victim.ts";
import { isSameCore } from "../../linux/nso.ts";
import { readOomScore } from "../../linux/oom-score.ts";
import { surveyVictims } from "../../linux/oom-victim.ts";
import type { DeedContext } from "../action-context.ts";

const victimSurveyMsMax = 100;
const victimPollMs = 1000;

/** The oom_scores of the core and its VMs as they are now, before a shield changes them. */
export function readOwnScores({ target, roots }: DeedContext): Map<number, number> {
  const pids = [target.core.pid, ...target.outlook.family().map(({ pid }) => pid)];
  return new Map(
    pids.flatMap((pid): [number, number][] => {
      const score = readOomScore(roots.procDir, pid);
      return score === undefined ? [] : [[pid, score]];
    }),
  );
}

/**
 * Who would be killed, and who grew; into the incident in any case. `known` are scores from before the shield:
 * nobody asks whom the kernel takes after it was told whom to spare.
 */
export function surveyAndRecord(
  { action, target, roots, incident, now }: DeedContext,
  known: ReadonlyMap<number, number> = new Map(),
): VictimJudgement {
  const { ceiling } = action.reading;
  const cgroupPath = ceiling.startsWith("cgroup:") ? ceiling.slice("cgroup:".length) : undefined;
  const survey = surveyVictims(roots.procDir, { msMax: victimSurveyMsMax, cgroupPath, known });
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

/**
 * Asks until NSO is the kernel's choice; a reason once memory is not critical any more, or the time is over. A core
 * that has ended meanwhile is not waited for: the verification before the signal says what became of it.
 */
export async function awaitVictim(
  context: DeedContext,
  isCritical: () => boolean,
): Promise<string | undefined> {
  const { config, journal, now, signal, roots, target } = context;
  const endsMs = now() + config.crash_dump.timeout;
  for (let told = false; ; told = true) {
    const { isNso, sentence } = surveyAndRecord(context);
    // Unknown counts as yes: a rescue that cannot be judged is still asked for.
    if (isNso !== false) return undefined;
    if (!told)
      journal.deed(`crash_dump.victim = "require": ${sentence}; NSO is left alone for now`, "warning");
    await Bun.sleep(victimPollMs);
    if (!isSameCore(roots.procDir, target.core)) return undefined;
    if (signal.aborted) return "the agent was stopped while it waited for NSO to be the kernel's choice";
    if (!isCritical()) return `memory is not critical any more, and ${sentence}`;
    if (now() > endsMs) return sentence;
  }
}
