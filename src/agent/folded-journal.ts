/** The agent's journal, in which warnings and errors that repeat are folded. What is done to NSO is never folded. */

import { createFold } from "../core/fold.ts";
import type { Journal, Tone } from "../record/journal.ts";

export interface FoldedJournal extends Journal {
  /** Writes down what was counted: to be called now and then. */
  look(): void;
}

export function foldedJournal(journal: Journal, monotonicMs: () => number): FoldedJournal {
  const folds = { warning: createFold(), error: createFold() };
  const tones = ["warning", "error"] as const;
  const look = () => {
    for (const tone of tones) for (const text of folds[tone].due(monotonicMs())) journal.say(text, tone);
  };
  return {
    ...journal,
    look,
    say(text: string, tone: Tone = "info") {
      if (tone === "info") return journal.say(text, tone);
      for (const line of folds[tone].take(text, monotonicMs())) journal.say(line, tone);
    },
  };
}
