/** Whom the kernel's OOM killer would take now: the highest oom_score, in the whole host or in one cgroup. */

import { lineLengthMax } from "../core/line.ts";
import { shown } from "../core/shown.ts";
import { memoryEntries } from "./cgroup-path.ts";
import { readOomScore } from "./oom-score.ts";
import { listPids, readOptional } from "./procfs.ts";

export interface Victim {
  pid: number;
  name: string;
  oomScore: number;
}

export interface VictimSurvey {
  /** The highest scores first, a few of them. */
  ranking: Victim[];
  /** All processes were looked at; false when the time ran out. */
  complete: boolean;
}

const rankingMax = 8;

/**
 * Reads the oom_score of every process, at most for `msMax`. `cgroupPath` limits the ranking to the processes in
 * that cgroup and below, which is where the kernel looks when that cgroup's limit binds. Scores in `known` are taken
 * instead of reading them.
 */
export function surveyVictims(
  procDir: string,
  {
    msMax,
    cgroupPath,
    known = new Map(),
  }: { msMax: number; cgroupPath?: string | undefined; known?: ReadonlyMap<number, number> },
): VictimSurvey {
  const endsMs = performance.now() + msMax;
  const scores: { pid: number; oomScore: number }[] = [];
  let complete = true;
  for (const pid of listPids(procDir)) {
    if (performance.now() > endsMs) {
      complete = false;
      break;
    }
    const oomScore = known.get(pid) ?? readOomScore(procDir, pid);
    // 0: the kernel never chooses it (kernel threads, oom_score_adj -1000).
    if (oomScore) scores.push({ pid, oomScore });
  }
  scores.sort((a, b) => b.oomScore - a.oomScore);
  const ranking: Victim[] = [];
  for (const { pid, oomScore } of scores) {
    if (ranking.length >= rankingMax) break;
    if (cgroupPath !== undefined && !isInCgroup(procDir, pid, cgroupPath)) continue;
    ranking.push({ pid, name: shown(readOptional(`${procDir}/${pid}/comm`)?.trim() ?? "?"), oomScore });
  }
  return { ranking, complete };
}

function isInCgroup(procDir: string, pid: number, path: string): boolean {
  return memoryEntries(readOptional(`${procDir}/${pid}/cgroup`) ?? "").some((entry) => {
    // A ceiling has its name in the form in which it is shown.
    const own = shown(entry.path, lineLengthMax);
    return own === path || own.startsWith(path === "/" ? "/" : `${path}/`);
  });
}
