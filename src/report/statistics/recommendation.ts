/** What to change on the host and in NSO, from what was measured. Sources: facts 1.1 and 3.13 (NSO guide). */

import {
  commitBufferPercent,
  type StrictAdvice,
  strictAdvice,
  sysctlFile,
  withBuffer,
} from "../../core/overcommit.ts";
import type { ChildrenPeak, Recording, RunMeta } from "../../core/recording.ts";
import { formatDuration, formatKib } from "../../core/units.ts";
import { highestIn } from "../series/column.ts";
import type { Subjects } from "../series/subject.ts";

/** What was committed, as the original toolset took it for its CommitLimit: information, and no recommendation. */
export interface CommitUse {
  committedMaxKib: number;
  spanMs: number;
  /** The highest Committed_AS and a tenth; absent below a day of data, which says nothing of what a week needs. */
  inherited?: { commitLimitKib: number; overcommitRatio: number | undefined } | undefined;
}

export interface CommitAdvice {
  use: CommitUse;
  strict: StrictAdvice;
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
  const committedKib = host.committedKib.at(-1);
  if (memTotalKib === undefined || committedKib === undefined) return undefined;
  const swapTotalKib = meta?.swapTotalKib;
  const hugePagesKib = meta?.hugePagesKib ?? 0;
  // A kernel that does not say has 0 there, or nonsense (facts 2.14).
  const known = committedKib > 0 ? committedKib : undefined;
  return {
    use: commitUse(host, { ramKib: memTotalKib - hugePagesKib, swapTotalKib }),
    strict: strictAdvice({ memTotalKib, swapTotalKib, hugePagesKib, committedKib: known }),
  };
}

const aDayMs = 86_400_000;

function commitUse(
  host: Recording["host"],
  { ramKib, swapTotalKib }: { ramKib: number; swapTotalKib: number | undefined },
): CommitUse {
  const committedMaxKib = highestIn(host.committedKib);
  const spanMs = (host.atMs.at(-1) ?? 0) - (host.atMs[0] ?? 0);
  if (spanMs < aDayMs) return { committedMaxKib, spanMs };
  const commitLimitKib = withBuffer(committedMaxKib);
  const ratio =
    swapTotalKib === undefined || ramKib <= 0
      ? undefined
      : Math.max(1, Math.ceil((100 * (commitLimitKib - swapTotalKib)) / ramKib));
  return { committedMaxKib, spanMs, inherited: { commitLimitKib, overcommitRatio: ratio } };
}

function commitSentences({ use, strict }: CommitAdvice): string[] {
  const advice =
    strict.refusal ??
    `NSO's guide recommends strict overcommit: set ${strict.sysctlLines.join(" and ")} in ${sysctlFile}, then run "sysctl --system"; CommitLimit is then ${formatKib(strict.limitKib ?? 0)}.`;
  return [advice, useSentence(use)];
}

function useSentence({ committedMaxKib, spanMs, inherited }: CommitUse): string {
  const seen = `For information: Committed_AS reached ${formatKib(committedMaxKib)} in ${formatDuration(spanMs)}`;
  if (!inherited) return `${seen}, which is too short to say what this host needs.`;
  const ratio =
    inherited.overcommitRatio === undefined ? "" : ` (vm.overcommit_ratio ${inherited.overcommitRatio})`;
  return `${seen}; with ${commitBufferPercent} % of buffer that would be a CommitLimit of ${formatKib(inherited.commitLimitKib)}${ratio}. It is what was used so far, not what will be needed.`;
}

function childrenSentence({ vm, peak }: ChildrenAdvice): string {
  const noun = peak.count === 1 ? "1 child process" : `${peak.count} child processes`;
  return `Python VM ${vm} had ${noun} holding ${formatKib(peak.rssKib)} of RSS (${formatKib(peak.allocatedKib)} allocated): change its callpoint-model from multiprocessing to threading in package-meta-data.xml.`;
}
