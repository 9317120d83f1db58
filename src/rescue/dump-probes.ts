/** The probes beside the dump: now and then, and never when memory is critical. */

import { type ProbeAnswer, type ProbePlace, type ProbeUser, probeDirectory } from "../linux/dump-probe.ts";

export interface DumpProbes {
  /** The last answer for a directory; undefined before the first. */
  answer(directory: string): ProbeAnswer | undefined;
  /** How far the clock of the dump's file system is off ours, where it was seen. */
  skewMs(): number;
  /** Asks each directory where the last answer is old. True when an answer is another than before. */
  ask(places: readonly ProbePlace[], who: ProbeUser, nowMs: number): Promise<boolean>;
}

/** What works is asked rarely, since it takes a process. */
const goodForMs = 10 * 60_000;
/** What was refused may have been mended meanwhile, and would keep the signal back. */
const badForMs = 50_000;

interface Asked {
  answer: ProbeAnswer;
  atMs: number;
}

const isBad = ({ kind }: ProbeAnswer) => kind === "refused" || kind === "full" || kind === "silent";

export function createDumpProbes(probe = probeDirectory): DumpProbes {
  const answers = new Map<string, Asked>();
  const waiting = new Set<string>();
  const isDue = (directory: string, nowMs: number) => {
    const last = answers.get(directory);
    if (waiting.has(directory)) return false;
    return !last || nowMs - last.atMs >= (isBad(last.answer) ? badForMs : goodForMs);
  };
  const askOne = async (place: ProbePlace, who: ProbeUser, nowMs: number) => {
    const { directory } = place;
    const { answer, ended } = probe(place, who);
    waiting.add(directory);
    // One that hangs on a dead mount is not joined by another.
    void ended.finally(() => waiting.delete(directory));
    const fresh = await answer;
    const before = answers.get(directory)?.answer;
    answers.set(directory, { answer: fresh, atMs: nowMs });
    return before?.kind !== fresh.kind;
  };
  return {
    answer: (directory) => answers.get(directory)?.answer,
    skewMs() {
      for (const { answer } of answers.values())
        if (answer.kind === "made" && answer.skewMs !== undefined) return answer.skewMs;
      return 0;
    },
    async ask(places, who, nowMs) {
      const due = places.filter(({ directory }) => isDue(directory, nowMs));
      const changed = await Promise.all(due.map((place) => askOne(place, who, nowMs)));
      return changed.includes(true);
    },
  };
}
