/** What `start` and `watch` put on the screen: a status line on a terminal that can draw it anew, plain lines elsewhere. */

import { fstatSync } from "node:fs";
import { isatty } from "node:tty";
import { createConsola } from "consola/core";
import type { AgentView } from "../agent/agent.ts";
import type { Config } from "../core/config.ts";
import { type LogFormat, logLine, severities, type Tone } from "../core/log-line.ts";
import { shownText } from "../core/shown.ts";
import type { Status } from "../core/status.ts";
import { wallMs } from "../linux/host-clock.ts";
import type { Colours } from "../ui/colour.ts";
import { print, printLines } from "../ui/print.ts";
import { openStatusLine, statusLine } from "../ui/status-line.ts";
import { terminalColumns, terminalNow } from "../ui/terminal.ts";

export interface ClosableView extends AgentView {
  close(): void;
  /** The last words of a run, once it is closed. */
  conclude(page: string): void;
}

/** A daemon shows nothing: what it says is in agent.log already, and what it prints goes there too. */
export function daemonView({ log }: Pick<Config, "log">): ClosableView {
  return { ...linesView(entryIn(log.format)), say: () => {} };
}

/** For a terminal, for the journal, or for whatever standard output is. */
export function foregroundView({ log }: Pick<Config, "log">): ClosableView {
  if (isJournal()) return linesView((text, tone) => journalLines(text, tone));
  if (log.format === "json" && !isatty(1)) return linesView(entryIn("json"));
  return plainView();
}

function linesView(lineOf: (text: string, tone: Tone) => string): ClosableView {
  const say = (text: string, tone: Tone) => printLines(lineOf(text, tone));
  return { say, update: () => {}, close: () => {}, conclude: (page) => say(page, "info") };
}

function entryIn(format: LogFormat): (text: string, tone: Tone) => string {
  return (text, tone) => logLine({ atMs: wallMs(), tone, text }, format);
}

/** The journal has the time already, and takes the priority of each line from its beginning. See sd-daemon(3). */
export function journalLines(text: string, tone: Tone): string {
  const [first, ...more] = shownText(text).split("\n");
  return [first, ...more.map((line) => `  ${line}`)].map((line) => `<${severities[tone]}>${line}`).join("\n");
}

/** Whether standard output leads there: systemd says which file that is. See systemd.exec(5). */
function isJournal(): boolean {
  try {
    const { dev, ino } = fstatSync(1);
    return process.env.JOURNAL_STREAM === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

function plainView(): ClosableView {
  const { colour, isLive } = terminalNow();
  const line = isLive ? openStatusLine(colour, terminalColumns) : undefined;
  const show = line ? line.above : print;
  const paint = { info: (text: string) => text, warn: colour.yellow, error: colour.red };
  const logger = createConsola({
    throttle: 0,
    reporters: [
      {
        log({ type, args, date }) {
          const time = colour.dim(date.toTimeString().slice(0, 8));
          const tone = type === "warn" || type === "error" ? type : "info";
          show(`${time} ${paint[tone](shownText(args.join(" ")))}`);
        },
      },
    ],
  });
  return {
    say(text, tone) {
      if (tone === "error") logger.error(text);
      else if (tone === "warning") logger.warn(text);
      else logger.info(text);
    },
    update: line ? line.draw : isatty(1) ? linesNowAndThen(colour) : () => {},
    close: () => line?.close(),
    conclude: print,
  };
}

/** Where no line can be drawn anew, or a screen reader reads each: one at the start and then once a minute. */
const lineEveryMs = 60_000;

function linesNowAndThen(colour: Colours): (status: Status) => void {
  let dueMs = 0;
  return (status) => {
    if (performance.now() < dueMs) return;
    dueMs = performance.now() + lineEveryMs;
    print(statusLine(status, { colour, columns: terminalColumns() }));
  };
}
