/**
 * The whole terminal while a page is live: drawn in place, keys read one by one. It is given back however the command
 * ends: by a key, ^C, a signal, an error.
 */

import { writeSync } from "node:fs";
import { errnoOf } from "../core/errors.ts";
import { keysOf } from "./keys.ts";
import { rendered } from "./print.ts";

export type ScreenNews = { key: string } | "time" | "resize" | "end";

export interface Screen {
  /** Lines from the top; those below the last row are not shown. */
  draw(lines: readonly string[], rows: number): void;
  /** What comes first: a key, another size, the end by a signal, or `msMax` is over. */
  next(msMax: number): Promise<ScreenNews>;
  close(): void;
}

// The other screen, no cursor, no wrapping; and back.
const enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const leave = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const home = "\x1b[H";
const restOfLine = "\x1b[K";
const restOfScreen = "\x1b[J";

const endSignals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;

/** Standard input and output must be a terminal. */
export function openScreen(): Screen {
  const waiting: ScreenNews[] = [];
  let wake = () => {};
  const tell = (news: ScreenNews) => {
    waiting.push(news);
    wake();
  };
  const onKeys = (bytes: Buffer) => {
    for (const key of keysOf(bytes.toString("latin1"))) tell(key === "^C" ? "end" : { key });
  };
  const onResize = () => tell("resize");
  const onEnd = () => tell("end");
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    write(leave);
    process.stdin.off("data", onKeys);
    process.stdin.off("end", onEnd);
    setRaw(false);
    process.stdin.pause();
    process.off("exit", close);
    process.off("SIGWINCH", onResize);
    for (const signal of endSignals) process.off(signal, onEnd);
  };
  // Before anything is changed: whatever happens in between is put back.
  process.on("exit", close);
  for (const signal of endSignals) process.on(signal, onEnd);
  process.on("SIGWINCH", onResize);
  setRaw(true);
  process.stdin.on("data", onKeys);
  process.stdin.on("end", onEnd);
  process.stdin.resume();
  write(enter);
  return {
    draw(lines, rows) {
      const shown = lines.slice(0, rows).map((line) => `${rendered(line)}${restOfLine}`);
      write(`${home}${shown.join("\r\n")}${restOfScreen}`);
    },
    async next(msMax) {
      if (waiting.length === 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = setTimeout(resolve, msMax);
        await promise;
        clearTimeout(timer);
      }
      return waiting.shift() ?? "time";
    },
    close,
  };
}

function setRaw(isRaw: boolean): void {
  try {
    process.stdin.setRawMode(isRaw);
  } catch {
    // The terminal is gone.
  }
}

/** The codes of this file around text that `rendered` made safe; all of it, over a slow line too. */
function write(text: string): void {
  let left = Buffer.from(text);
  const deadlineMs = performance.now() + writeMsMax;
  while (left.length > 0 && performance.now() < deadlineMs) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (error) {
      // Gone: SIGHUP says so. Full: it takes more in a moment.
      if (errnoOf(error) !== "EAGAIN") return;
      Bun.sleepSync(againMs);
    }
  }
}

const writeMsMax = 1000;
const againMs = 5;
