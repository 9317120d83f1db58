/** What became of a crash dump, in one word and one sentence; the same at once and after a restart of the agent. */

import type { OutcomeWord } from "./action.ts";
import { formatDuration, formatKib } from "./units.ts";

/**
 * `complete`: ends with `=end`. `cut`: a file without it. `missing`: the core ended and left none. `survived`: the
 * core lives on. `unwatched`: the agent was stopped before it was over.
 */
export const verdictWords = ["complete", "cut", "missing", "survived", "unwatched"] as const;
export type VerdictWord = (typeof verdictWords)[number];

/** How a dump file ends: with its end mark, with the mark of a size limit, in the middle, or it holds nothing. */
export const dumpEndings = ["complete", "aborted", "cut", "empty"] as const;
export type DumpEnding = (typeof dumpEndings)[number];

/** A dump file as found. */
export interface DumpFile {
  path: string;
  bytes: number;
  ending: DumpEnding;
}

export interface DumpEnd {
  /** The core has ended; false: it lives; undefined: the agent was stopped while it lived. */
  coreEnded: boolean | undefined;
  dump: DumpFile | undefined;
  /** From the signal to the end of the core; undefined where nobody watched. */
  tookMs?: number | undefined;
  /** What a core that lives on is doing, where that explains it: "stopped (T)". */
  coreState?: string | undefined;
  /** The kernel's line about its OOM killer, where that killed the core. */
  oomKill?: string | undefined;
  /** What spoke against a dump before the signal. */
  doubts: readonly string[];
}

export interface Verdict {
  word: VerdictWord;
  outcome: OutcomeWord;
  message: string;
}

export function dumpVerdict(end: DumpEnd): Verdict {
  const { dump } = end;
  const took = end.tookMs === undefined ? "while nobody watched" : `after ${formatDuration(end.tookMs)}`;
  const file = dump ? `${dump.path} (${formatKib(dump.bytes / 1024)})` : "";
  if (end.coreEnded === undefined)
    return {
      word: "unwatched",
      outcome: "partial",
      message: `SIGUSR1 sent; the agent was stopped ${took}, NSO still running; the next start finishes the incident`,
    };
  if (!end.coreEnded)
    return {
      word: "survived",
      outcome: "failed",
      message: `NSO survived: still ${end.coreState ?? "running"} ${took} from SIGUSR1, ${dump ? `${file} written` : "nothing written"}`,
    };
  if (!dump) return { word: "missing", outcome: "failed", message: missing(end, took) };
  if (dump.ending === "complete")
    return { word: "complete", outcome: "done", message: `crash dump complete ${took}: ${file}` };
  const killer = end.oomKill ? `; the OOM killer struck: ${end.oomKill}` : "";
  return {
    word: "cut",
    outcome: "partial",
    message: `crash dump cut ${took}: ${file} ${endings[dump.ending]}${killer}`,
  };
}

const endings: Record<Exclude<DumpEnding, "complete">, string> = {
  aborted: "ends at the size limit of ERL_CRASH_DUMP_BYTES",
  cut: "has no end mark",
  empty: "is empty",
};

function missing({ oomKill, doubts }: DumpEnd, took: string): string {
  const why = oomKill
    ? `the OOM killer struck: ${oomKill}`
    : doubts.length > 0
      ? doubts.join("; ")
      : "none of the expected files was written";
  return `NSO ended ${took} without a crash dump: ${why}`;
}
