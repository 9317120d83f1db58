/** What became of a crash dump, in one word and one sentence; the same at once and after a restart of the agent. */

import type { OutcomeWord } from "./action.ts";
import { type Ender, enderWords } from "./ender.ts";
import { formatDuration, formatKib } from "./units.ts";

/**
 * `complete`: ends with `=end`. `cut`: a file without it. `unread`: a file whose end could not be read. `missing`: the
 * core ended and left none. `survived`: the core lives on. `unwatched`: the agent was stopped before it was over.
 */
export const verdictWords = ["complete", "cut", "unread", "missing", "survived", "unwatched"] as const;
export type VerdictWord = (typeof verdictWords)[number];

/**
 * How a dump file ends: with its end mark, with the mark of a size limit, in the middle, or it holds nothing. `unread`:
 * it is there, and could not be read.
 */
export const dumpEndings = ["complete", "aborted", "cut", "empty", "unread"] as const;
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
  /** Who ended the core, where that is known. */
  ender?: Ender | undefined;
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
  if (dump.ending === "unread")
    return {
      word: "unread",
      outcome: "partial",
      message: `crash dump written, NSO ended ${took}: ${file} could not be read, so nobody has seen whether it is whole`,
    };
  const killer = end.ender ? `; ${enderWords(end.ender)}` : "";
  return {
    word: "cut",
    outcome: "partial",
    message: `crash dump cut ${took}: ${file} ${endings[dump.ending]}${killer}`,
  };
}

const endings: Record<Exclude<DumpEnding, "complete" | "unread">, string> = {
  aborted: "ends at the size limit of ERL_CRASH_DUMP_BYTES",
  cut: "has no end mark",
  empty: "is empty",
};

function missing({ ender, doubts }: DumpEnd, took: string): string {
  const why = ender
    ? enderWords(ender)
    : doubts.length > 0
      ? doubts.join("; ")
      : "none of the expected files was written";
  return `NSO ended ${took} without a crash dump: ${why}`;
}
