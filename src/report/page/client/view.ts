/** The stretch of time that all charts show, and those that are called when it changes. */

import type { View } from "./grid.ts";

export interface Views {
  readonly current: View;
  /** The whole recording. */
  readonly whole: View;
  /** Kept inside the whole, and at least a second long. */
  show(view: View): void;
  /** By a factor around a moment: 0.5 shows half as much. */
  zoom(factor: number, aroundMs?: number): void;
  /** Moves by a part of what is shown; negative: earlier. */
  pan(part: number): void;
  reset(): void;
  subscribe(listener: (view: View) => void): void;
}

const shortestMs = 1000;

export function createViews(whole: View): Views {
  let current = whole;
  const listeners: ((view: View) => void)[] = [];
  const show = (wanted: View) => {
    const length = Math.min(whole.toMs - whole.fromMs, Math.max(shortestMs, wanted.toMs - wanted.fromMs));
    const fromMs = Math.min(Math.max(wanted.fromMs, whole.fromMs), whole.toMs - length);
    current = { fromMs, toMs: fromMs + length };
    for (const listener of listeners) listener(current);
  };
  return {
    get current() {
      return current;
    },
    whole,
    show,
    zoom(factor, aroundMs = (current.fromMs + current.toMs) / 2) {
      show({
        fromMs: aroundMs - (aroundMs - current.fromMs) * factor,
        toMs: aroundMs + (current.toMs - aroundMs) * factor,
      });
    },
    pan(part) {
      const byMs = (current.toMs - current.fromMs) * part;
      show({ fromMs: current.fromMs + byMs, toMs: current.toMs + byMs });
    },
    reset: () => show(whole),
    subscribe: (listener) => listeners.push(listener),
  };
}
