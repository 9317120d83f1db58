/** What to change on the host and in NSO, from what was measured. Sources: facts 1.1 and 3.13 (NSO guide). */

import type { ChildrenPeak, Recording, RunMeta } from "../../core/recording.ts";
import { formatKib } from "../../core/units.ts";
import type { Subjects } from "../series/subject.ts";

/** The inherited advice is "add some buffer": a tenth. */
const bufferPercent = 10;

export interface CommitAdvice {
  committedMaxKib: number;
  /** The highest Committed_AS and a tenth. */
  commitLimitKib: number;
  currentLimitKib: number;
  /** For that limit: 100 (CommitLimit − swap) / (RAM − huge pages), rounded up. */
  overcommitRatio: number;
  /** The guide's upper bound: 95 without swap, else floor(100 (RAM − swap) / RAM) − 5. */
  guideRatio: number;
  /** For a file below /etc/sysctl.d: with the ratio, or with the guide's where that is less. */
  sysctlLines: string[];
  /** Swap and huge pages of the host were known; otherwise both were taken as 0. */
  hostKnown: boolean;
}

export interface ChildrenAdvice {
  vm: string;
  peak: ChildrenPeak;
}

export interface Recommendation {
  commit?: CommitAdvice | undefined;
  children: ChildrenAdvice[];
  /** The whole advice, a sentence each. */
  sentences: string[];
}

export function recommend(recording: Recording, subjects: Subjects): Recommendation {
  const commit = commitAdvice(recording, subjects.meta);
  const children = recording.processes.flatMap(({ name, childrenPeak }) =>
    childrenPeak ? [{ vm: name, peak: childrenPeak }] : [],
  );
  return {
    commit,
    children,
    sentences: [...(commit ? commitSentences(commit) : []), ...children.map(childrenSentence)],
  };
}

function commitAdvice({ host }: Recording, meta: RunMeta | undefined): CommitAdvice | undefined {
  const memTotalKib = host.memTotalKib.at(-1);
  const currentLimitKib = host.commitLimitKib.at(-1);
  if (memTotalKib === undefined || currentLimitKib === undefined) return undefined;
  const committedMaxKib = host.committedKib.reduce((highest, value) => Math.max(highest, value), 0);
  const swapKib = meta?.swapTotalKib ?? 0;
  const usableKib = memTotalKib - (meta?.hugePagesKib ?? 0);
  const commitLimitKib = Math.ceil((committedMaxKib * (100 + bufferPercent)) / 100);
  const overcommitRatio = Math.max(1, Math.ceil((100 * (commitLimitKib - swapKib)) / usableKib));
  const guideRatio =
    swapKib === 0 ? 95 : Math.max(1, Math.floor((100 * (memTotalKib - swapKib)) / memTotalKib) - 5);
  return {
    committedMaxKib,
    commitLimitKib,
    currentLimitKib,
    overcommitRatio,
    guideRatio,
    sysctlLines: [
      "vm.overcommit_memory = 2",
      `vm.overcommit_ratio = ${Math.min(overcommitRatio, guideRatio)}`,
    ],
    hostKnown: meta?.swapTotalKib !== undefined,
  };
}

function commitSentences(advice: CommitAdvice): string[] {
  const { committedMaxKib, commitLimitKib, currentLimitKib, overcommitRatio, guideRatio } = advice;
  const sentences = [
    `Committed_AS reached ${formatKib(committedMaxKib)}; with ${bufferPercent} % of buffer CommitLimit should be ${formatKib(commitLimitKib)} (it is ${formatKib(currentLimitKib)}).`,
  ];
  if (overcommitRatio > guideRatio)
    sentences.push(
      `That needs vm.overcommit_ratio ${overcommitRatio}, above ${guideRatio}, the most that the NSO guide allows on this host: find out what grows, or give the host more memory.`,
    );
  else
    sentences.push(
      `Set ${advice.sysctlLines.join(" and ")} in /etc/sysctl.d/90-nso-memory.conf, then run "sysctl --system".`,
    );
  if (!advice.hostKnown)
    sentences.push("Swap and huge pages of the measured host are not known and were taken as none.");
  return sentences;
}

function childrenSentence({ vm, peak }: ChildrenAdvice): string {
  const noun = peak.count === 1 ? "1 child process" : `${peak.count} child processes`;
  return `Python VM ${vm} had ${noun} holding ${formatKib(peak.rssKib)} of RSS (${formatKib(peak.allocatedKib)} allocated): change its callpoint-model from multiprocessing to threading in package-meta-data.xml.`;
}
