/** How far a long command is: one line on a terminal's standard error, from the second second on, gone at its end. */

import { isatty } from "node:tty";
import { formatRoughly } from "../core/units.ts";
import { printTransient } from "./print.ts";

export interface Progress {
  /** So much of the total is done. */
  at(done: number): void;
  /** Takes the line away. */
  end(): void;
}

export interface ProgressOptions {
  /** What is being done: "import". */
  what: string;
  /** In the unit of `done`; undefined where it is not known. */
  total?: number | undefined;
  /** An amount with its unit: "12 MiB". */
  format: (amount: number) => string;
}

/** A command that takes less says nothing on its way. */
const quietMs = 1000;
const drawMs = 250;

export function openProgress(options: ProgressOptions): Progress {
  if (!isatty(2) || process.env.TERM === "dumb") return { at: () => {}, end: () => {} };
  const startedMs = performance.now();
  let drawnMs = startedMs + quietMs - drawMs;
  let isDrawn = false;
  return {
    at(done) {
      const nowMs = performance.now();
      if (nowMs - drawnMs < drawMs) return;
      drawnMs = nowMs;
      isDrawn = true;
      printTransient(progressLine(options, done, nowMs - startedMs));
    },
    end() {
      if (isDrawn) printTransient("");
      isDrawn = false;
    },
  };
}

/** `import: 120 MiB of 491 MiB, 40 MiB a second, about 9 s left` */
export function progressLine(
  { what, total, format }: ProgressOptions,
  done: number,
  elapsedMs: number,
): string {
  const perSecond = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0;
  const of = total === undefined ? "" : ` of ${format(total)}`;
  const leftMs = total === undefined || perSecond === 0 ? undefined : ((total - done) * 1000) / perSecond;
  const left = leftMs === undefined ? "" : `, about ${formatRoughly(leftMs)} left`;
  return `${what}: ${format(done)}${of}, ${format(perSecond)} a second${left}`;
}
