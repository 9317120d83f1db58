/** Whom the kernel's OOM killer would take now, by its own scores, and who grew beside that. */

import { cgroupPathOf } from "../../core/ceiling-name.ts";
import { describeGrowth, describeStranger } from "../../core/growth.ts";
import { judgeVictim, type VictimJudgement } from "../../core/victim.ts";
import { readOomScore } from "../../linux/oom-score.ts";
import { surveyVictims } from "../../linux/oom-victim.ts";
import type { CoreActionContext } from "../action-context.ts";

const surveyMsMax = 100;
/** A server may have a hundred Python VMs; who grew most stands first. */
const growthRecordedMax = 20;

/** The oom_score of the core and of each of its VMs, by PID. */
export function readOwnScores({ target, host }: CoreActionContext): Map<number, number> {
  const { procDir } = host.roots;
  return new Map(
    ownPids(target).flatMap((pid): [number, number][] => {
      const score = readOomScore(procDir, pid);
      return score === undefined ? [] : [[pid, score]];
    }),
  );
}

export interface VictimNow extends VictimJudgement {
  /** In a sentence, where what grew most is not NSO's. */
  stranger: string | undefined;
}

/**
 * Judges and records. `known` are the scores of NSO's processes from before the shield changed them: with those of now
 * the kernel would seem to choose another process only because it was pointed away from NSO.
 */
export function judgeVictimNow(
  { action, target, host, incident }: CoreActionContext,
  known: ReadonlyMap<number, number> = new Map(),
): VictimNow {
  const cgroupPath = cgroupPathOf(action.reading.ceiling);
  const survey = surveyVictims(host.roots.procDir, { msMax: surveyMsMax, cgroupPath, known });
  const judgement = judgeVictim(survey.ranking, new Set(ownPids(target)));
  const growth = target.outlook.growth();
  const grew = describeGrowth(growth);
  incident.record(host.wallMs(), {
    step: "victim",
    ...judgement,
    ...survey,
    growth: growth.slice(0, growthRecordedMax),
    grew,
  });
  return { ...judgement, stranger: describeStranger(growth) };
}

function ownPids({ core, outlook }: CoreActionContext["target"]): number[] {
  return [core.pid, ...outlook.family().map(({ pid }) => pid)];
}
