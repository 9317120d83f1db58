/**
 * What to set for strict overcommit: the ratio of NSO's guide (facts 3.13), and whether that would do harm. The one place
 * where it is decided, for report, stats and doctor; plot.sh says the same, which a test holds it to.
 */

import { hint } from "./hint.ts";
import { formatKib } from "./units.ts";

/** The one file below /etc/sysctl.d that nsomem ever names: two would contradict each other. */
export const sysctlFile = "/etc/sysctl.d/90-nso.conf";

/** What must be left above what is committed already, in percent of that. */
export const commitBufferPercent = 10;

/** In KiB. Undefined is not known. */
export interface CommitFacts {
  memTotalKib: number;
  swapTotalKib: number | undefined;
  hugePagesKib: number;
  /** Committed_AS now, or when it was last measured. */
  committedKib: number | undefined;
}

export interface StrictAdvice {
  /** The guide's; undefined where swap is not known. */
  ratio: number | undefined;
  /** The CommitLimit that it makes. */
  limitKib: number | undefined;
  /** For a file below /etc/sysctl.d; none where they would do harm. */
  sysctlLines: string[];
  /** Why there are none, and what to do instead. */
  refusal: string | undefined;
}

export function strictAdvice(facts: CommitFacts): StrictAdvice {
  const { memTotalKib, swapTotalKib, hugePagesKib, committedKib } = facts;
  if (swapTotalKib === undefined)
    return {
      ...{ ratio: undefined, limitKib: undefined, sysctlLines: [] },
      refusal: `Nothing is recommended for vm.overcommit_ratio: swap and huge pages of the measured host are not known; "${hint("doctor")}" on that host knows them.`,
    };
  const ratio = recommendedRatio({ memTotalKib, swapTotalKib });
  const limitKib = commitLimitOf(ratio, { memTotalKib, swapTotalKib, hugePagesKib });
  const refusal = refusalOf({ ratio, limitKib, committedKib });
  const sysctlLines = refusal === undefined ? strictLines(ratio) : [];
  return { ratio, limitKib, sysctlLines, refusal };
}

function strictLines(ratio: number): string[] {
  return ["vm.overcommit_memory = 2", `vm.overcommit_ratio = ${ratio}`];
}

/** With less than that no process on the host could start: the first one to fail may be the shell that mends it. */
function refusalOf({
  ratio,
  limitKib,
  committedKib,
}: {
  ratio: number;
  limitKib: number;
  committedKib: number | undefined;
}): string | undefined {
  const wayOut = "leave vm.overcommit_memory as it is";
  if (committedKib === undefined)
    return `Strict overcommit is not recommended: how much is committed is not known here; ${wayOut}.`;
  const needKib = withBuffer(committedKib);
  if (needKib <= limitKib) return undefined;
  return `Strict overcommit is not recommended as the host is: ${formatKib(committedKib)} are committed, with ${commitBufferPercent} % of buffer ${formatKib(needKib)}, and the guide's vm.overcommit_ratio ${ratio} makes a CommitLimit of ${formatKib(limitKib)}, so that memory would be refused at once. Find out what commits so much, or give the host more memory or swap; until then ${wayOut}.`;
}

/** With the buffer, rounded up. */
export function withBuffer(committedKib: number): number {
  return Math.ceil((committedKib * (100 + commitBufferPercent)) / 100);
}

/** As the kernel computes it: see Documentation/mm/overcommit-accounting. */
export function commitLimitOf(
  ratio: number,
  {
    memTotalKib,
    swapTotalKib,
    hugePagesKib,
  }: { memTotalKib: number; swapTotalKib: number; hugePagesKib: number },
): number {
  return Math.floor(((memTotalKib - hugePagesKib) * ratio) / 100) + swapTotalKib;
}

/** `vm.overcommit_ratio` in percent: 95 without swap, else what swap leaves of RAM, less 5 points. Never below 1. */
function recommendedRatio({
  memTotalKib,
  swapTotalKib,
}: {
  memTotalKib: number;
  swapTotalKib: number;
}): number {
  if (swapTotalKib === 0) return 95;
  return Math.max(1, Math.floor((100 * (memTotalKib - swapTotalKib)) / memTotalKib) - 5);
}
