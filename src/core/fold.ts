/** What repeats is said once, then counted: an error of each tick would fill a disk with one sentence. */

import { formatDuration } from "./units.ts";

export interface Fold {
  /** What to write down now, for `text` as it comes. */
  take(text: string, nowMs: number): string[];
  /** What to write down for the repetitions of before, at a look now and then. */
  due(nowMs: number): string[];
}

/** Of one sentence, whatever its numbers (PIDs, milliseconds). */
interface Repeated {
  sinceMs: number;
  windowMs: number;
  count: number;
  last: string;
}

/** Counted for a minute at first, then for twice as long each time, while it goes on. */
const windowMsMin = 60_000;
const windowMsMax = 3_600_000;
const sentencesMax = 100;

export function createFold(): Fold {
  const bySentence = new Map<string, Repeated>();
  const due = (nowMs: number) =>
    [...bySentence].flatMap(([sentence, { sinceMs, windowMs, count, last }]) => {
      if (nowMs - sinceMs < windowMs) return [];
      bySentence.delete(sentence);
      if (count === 0) return [];
      const next = Math.min(windowMsMax, windowMs * 2);
      bySentence.set(sentence, { sinceMs: nowMs, windowMs: next, count: 0, last });
      return [`${last} (${count} more in ${formatDuration(nowMs - sinceMs)})`];
    });
  return {
    due,
    take(text, nowMs) {
      const before = due(nowMs);
      const sentence = text.replace(/\d+/g, "0");
      const known = bySentence.get(sentence);
      if (known) {
        known.count++;
        known.last = text;
        return before;
      }
      const [oldest] = bySentence.keys();
      if (bySentence.size >= sentencesMax && oldest !== undefined) bySentence.delete(oldest);
      bySentence.set(sentence, { sinceMs: nowMs, windowMs: windowMsMin, count: 0, last: text });
      return [...before, text];
    },
  };
}
