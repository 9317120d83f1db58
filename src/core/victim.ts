/** Whether the kernel's OOM killer would choose NSO, in one word and one sentence. Pure. */

/** A process with its oom_score; the kernel kills the highest. */
export interface RankedProcess {
  pid: number;
  name: string;
  oomScore: number;
}

export interface VictimJudgement {
  /** The kernel would kill the core or one of its VMs; undefined when nobody could be ranked. */
  isNso: boolean | undefined;
  sentence: string;
}

/** `ranking` is highest first; `ownPids` are the core and its VMs. A score shared with NSO counts as NSO's. */
export function judgeVictim(
  ranking: readonly RankedProcess[],
  ownPids: ReadonlySet<number>,
): VictimJudgement {
  const first = ranking[0];
  if (!first) return { isNso: undefined, sentence: "whom the kernel would kill is not known" };
  const chosen =
    ranking.find(({ pid, oomScore }) => oomScore === first.oomScore && ownPids.has(pid)) ?? first;
  const who = `${chosen.name} (PID ${chosen.pid}, oom_score ${chosen.oomScore})`;
  if (ownPids.has(chosen.pid)) return { isNso: true, sentence: `the kernel would kill NSO's ${who}` };
  const ours = ranking.find(({ pid }) => ownPids.has(pid));
  const behind = ours ? `; NSO's ${ours.name} has ${ours.oomScore}` : "";
  return { isNso: false, sentence: `the kernel would kill ${who}, which is not NSO${behind}` };
}
