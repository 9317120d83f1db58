/** `nsomem top` and `status --watch`: the live page, and what takes its place where a page cannot be live. */

import { exitCodes } from "../core/errors.ts";
import type { Standing } from "../core/standing.ts";
import type { Strips } from "../core/strips.ts";
import { columnMsOf, endOf, firstView, type TimeView, viewAfter } from "../core/time-view.ts";
import { wallMs } from "../linux/host-clock.ts";
import type { Paths } from "../record/paths.ts";
import { readExtent } from "../record/read-history.ts";
import { type StripReader, stripReader } from "../record/read-strips.ts";
import { print } from "../ui/print.ts";
import { openScreen } from "../ui/screen.ts";
import { statusLine } from "../ui/status-line.ts";
import { statusPage } from "../ui/status-page.ts";
import { type Terminal, terminalNow, terminalRows } from "../ui/terminal.ts";
import { stripColumns, topPage } from "../ui/top-page.ts";
import type { HomeArgs } from "./options.ts";
import { isFileTrouble, readStanding } from "./standing.ts";

/** Until q, ^C or a signal; on a pipe once. Returns the exit code that `status` has. */
export async function watchLive(paths: Paths, args: HomeArgs): Promise<number> {
  const { isLive, isInteractive } = terminalNow();
  const last = !isInteractive
    ? printOnce(paths, args)
    : isLive
      ? await showLive(paths, args)
      : await printLines(paths, args);
  return last.agentPid === undefined ? exitCodes.notRunning : exitCodes.done;
}

/** The agent writes its document once a second. */
const refreshMs = 1000;

async function showLive(paths: Paths, args: HomeArgs): Promise<Standing> {
  const reader = stripReader(paths.history);
  let view = firstView;
  let standing = readStanding(paths, args, wallMs());
  const screen = openScreen();
  try {
    for (;;) {
      const terminal = terminalNow();
      const rows = terminalRows();
      screen.draw(pageOf({ paths, reader, view, standing }, terminal, rows), rows);
      const news = await screen.next(refreshMs);
      if (news === "end") return standing;
      if (typeof news === "object") {
        if (news.key === "q" || news.key === "Q" || news.key === "escape") return standing;
        view = moved(view, news.key, paths, terminal);
      }
      standing = readStanding(paths, args, wallMs());
    }
  } finally {
    screen.close();
  }
}

interface LiveState {
  paths: Paths;
  reader: StripReader;
  view: TimeView;
  standing: Standing;
}

function pageOf({ reader, view, standing }: LiveState, terminal: Terminal, rows: number): string[] {
  const strips = isFileTrouble(standing) ? undefined : readStrips(reader, view, standing, terminal);
  return topPage(
    { standing, strips, columnMs: columnMsOf(view), isPast: view.endMs !== undefined },
    terminal,
    rows,
  );
}

/** What an agent that has ended measured last is the end of what there is to be seen. */
function lastMsOf({ agentPid, status, nowMs }: Standing): number {
  return agentPid === undefined && status ? Date.parse(status.updated) || nowMs : nowMs;
}

function readStrips(
  reader: StripReader,
  view: TimeView,
  standing: Standing,
  terminal: Terminal,
): Strips | undefined {
  try {
    const columns = stripColumns(terminal);
    return reader.read({ untilMs: endOf(view, lastMsOf(standing)), columnMs: columnMsOf(view), columns });
  } catch {
    return undefined;
  }
}

function moved(view: TimeView, key: string, { history }: Paths, terminal: Terminal): TimeView {
  try {
    const extent = readExtent(history);
    return extent ? viewAfter(view, key, { ...extent, columns: stripColumns(terminal) }) : view;
  } catch {
    return view;
  }
}

/** For a pipe: the page, and under it the history as it stands. */
function printOnce(paths: Paths, args: HomeArgs): Standing {
  const terminal = terminalNow();
  const standing = readStanding(paths, args, wallMs());
  const state = { paths, reader: stripReader(paths.history), view: firstView, standing };
  print(statusPage(standing, terminal));
  print(["", ...pageOf(state, terminal, onceRows).slice(1)].join("\n"));
  return standing;
}

const onceRows = 40;

/** For a screen reader, and for a terminal that cannot draw over a line: one after the other, until q or ^C. */
async function printLines(paths: Paths, args: HomeArgs): Promise<Standing> {
  let isOver = false;
  process.stdin.on("data", (bytes) => {
    if (/q/i.test(bytes.toString("latin1"))) isOver = true;
  });
  try {
    for (;;) {
      const standing = readStanding(paths, args, wallMs());
      const { colour, columns } = terminalNow();
      const { status, agentPid } = standing;
      print(
        agentPid !== undefined && status ? statusLine(status, { colour, columns }) : "nsomem is not running",
      );
      for (let waitedMs = 0; waitedMs < lineMs; waitedMs += lookMs) {
        if (isOver) return standing;
        await Bun.sleep(lookMs);
      }
    }
  } finally {
    process.stdin.pause();
  }
}

const lineMs = 5000;
const lookMs = 100;
