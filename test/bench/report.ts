/** What recording and drawing cost: by the compiled binary in an empty environment, and in a real browser. */

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tick } from "../../src/core/recording.ts";
import { openHistory } from "../../src/record/history.ts";
import { nsomem } from "../e2e/binary.ts";
import { browserMissing, launchBrowser, openFile } from "../e2e/browser.ts";
import { clockOf } from "../fake-clock.ts";
import { meta } from "../report/sample.ts";
import { writeSampleHistory } from "../report/sample-history.ts";
import { atMost, type Figure, percentile } from "./figure.ts";
import { watchPeak } from "./peak.ts";

const startMs = Date.parse("2025-10-23T13:09:51Z");
const day = 86_400;

/** All figures of history and report. Takes about a minute. */
export async function reportFigures(): Promise<Figure[]> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-bench-report-"));
  try {
    return [
      ...(await historyFigures(dir)),
      ...(await pictureFigures(dir)),
      ...(await weekFigures(dir)),
      ...(await plainFigures()),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Through the agent's own interface, a tick every 20 ms, as long as two checkpoints take. */
export async function historyFigures(dir: string): Promise<Figure[]> {
  console.log("history: ticks with 10 processes");
  const times: number[] = [];
  let nowMs = startMs;
  const history = openHistory({
    path: join(dir, "ticks.db"),
    meta,
    retention: { ageMs: 14 * day * 1000, bytesMax: 512 * 1024 ** 2 },
    onProblem: (text) => console.log(text),
    clock: clockOf(() => nowMs),
  });
  for (let index = 0; index < 500; index++) {
    nowMs += 1000;
    const startedAt = performance.now();
    history.recordTick(tenProcesses(nowMs));
    times.push(performance.now() - startedAt);
    await Bun.sleep(20);
  }
  history.close();
  const path = join(dir, "day.db");
  writeSampleHistory(path, { startMs, ticks: day, vms: 8 });
  return [
    atMost("history: a tick of 10 processes, median", percentile(times, 0.5), 1, "ms"),
    { name: "  p99", value: `${percentile(times, 0.99).toFixed(2)} ms` },
    atMost("history: a day of 10 processes", statSync(path).size / 1e6, 25, "MB"),
  ];
}

export async function pictureFigures(dir: string): Promise<Figure[]> {
  console.log("one picture of 4 series × 86,400");
  const home = join(dir, "one");
  writeSampleHistory(join(makeHome(home), "history.db"), { startMs, ticks: day, vms: 0 });
  const runs = [];
  for (let index = 0; index < 5; index++) runs.push(await draw(home, ["--only", "ncs.smp"]));
  return [
    atMost(
      "one PNG, 4 series × 86,400",
      percentile(
        runs.map(({ ms }) => ms),
        0.5,
      ) / 1000,
      1,
      "s",
    ),
    atMost("  peak", Math.max(...runs.map(({ peakMb }) => peakMb)), 130, "MB"),
  ];
}

export async function weekFigures(dir: string): Promise<Figure[]> {
  console.log("a week of 6 processes: eleven pictures and the report");
  const home = join(dir, "week");
  const events = [
    { atMs: startMs + 3 * day * 1000, type: "action" as const, text: "debug-dump done", incidentId: "i-1" },
  ];
  writeSampleHistory(join(makeHome(home), "history.db"), { startMs, ticks: 7 * day, vms: 4, events });
  const { ms, peakMb } = await draw(home, []);
  const report = join(home, "graphs/report.html");
  const figures = [
    atMost("7 days, 6 processes: all PNG, SVG and report", ms / 1000, 8, "s"),
    atMost("  peak", peakMb, 350, "MB"),
    atMost("  report.html", statSync(report).size / 1e6, 8, "MB"),
  ];
  const lacking = browserMissing();
  if (lacking) return [...figures, { name: "  report.html in Chromium", value: `not measured: ${lacking}` }];
  const { paintMs, zoomMs } = await measurePage(report);
  return [
    ...figures,
    atMost("  first paint in headless Chromium", paintMs / 1000, 1.5, "s"),
    atMost("  zoom redraw, slowest of 20", Math.max(...zoomMs), 100, "ms"),
    { name: "  zoom redraw, median", value: `${percentile(zoomMs, 0.5).toFixed(0)} ms` },
  ];
}

/** Commands that draw nothing carry none of it: their code is not even loaded. */
export async function plainFigures(): Promise<Figure[]> {
  const runs = [];
  for (let index = 0; index < 20; index++) runs.push(await spawned(["status", "--home", "/nonexistent"]));
  const value = `${percentile(
    runs.map(({ ms }) => ms),
    0.5,
  ).toFixed(0)} ms, ${percentile(
    runs.map(({ peakMb }) => peakMb),
    0.5,
  ).toFixed(0)} MB`;
  return [{ name: "a command that draws nothing (status)", value }];
}

function makeHome(home: string): string {
  Bun.spawnSync(["mkdir", "-p", home]);
  return home;
}

async function draw(home: string, words: string[]): Promise<{ ms: number; peakMb: number }> {
  const result = await spawned(["graph", "--home", home, ...words]);
  if (result.exitCode !== 0) throw new Error(`nsomem graph ended with ${result.exitCode}: ${result.stderr}`);
  return result;
}

/** No HOME, no PATH, no locale: what the binary needs it carries. */
async function spawned(words: string[]) {
  const startedAt = performance.now();
  const child = Bun.spawn([nsomem, ...words], { env: {}, stdio: ["ignore", "ignore", "pipe"] });
  const peak = watchPeak(child.pid);
  const stderr = await child.stderr.text();
  const exitCode = await child.exited;
  return { ms: performance.now() - startedAt, peakMb: peak.stop(), exitCode, stderr };
}

async function measurePage(report: string): Promise<{ paintMs: number; zoomMs: number[] }> {
  const browser = await launchBrowser();
  try {
    const { page } = await openFile(browser, report);
    const paintMs = await page.evaluate<number>(
      "performance.getEntriesByName('first-contentful-paint')[0].startTime",
    );
    const zoomMs: number[] = [];
    // From the whole week to minutes and back: the whole is the slowest.
    for (const button of [
      ...Array<string>(9).fill("#zoom-in"),
      "#reset",
      ...Array<string>(9).fill("#zoom-in"),
      "#reset",
    ])
      zoomMs.push(await page.evaluate<number>(clickToFrame(button)));
    return { paintMs, zoomMs };
  } finally {
    await browser.close();
  }
}

/** For the page: from a click to the end of the frame that shows its outcome. */
function clickToFrame(button: string): string {
  return `new Promise((done) => requestAnimationFrame(() => {
    const startedAt = performance.now();
    document.querySelector("${button}").click();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - startedAt);
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }))`;
}

function tenProcesses(atMs: number): Tick {
  const name = (index: number) =>
    index === 0 ? "ncs.smp" : index === 1 ? "NcsJVMLauncher" : `service-${index}`;
  return {
    host: {
      atMs,
      memUsedKib: 12_000_000 + (atMs % 9973),
      memTotalKib: 24_684_096,
      committedKib: 8_115_420 + (atMs % 7919),
      commitLimitKib: 12_342_048,
      overcommitMode: 2,
    },
    processes: Array.from({ length: 10 }, (_, index) => ({
      group: index === 0 ? "core" : index === 1 ? "javavm" : "pythonvm",
      name: name(index),
      pid: 8571 + index,
      rssKib: 400_000 + (atMs % (7001 + index)),
      allocatedKib: 700_000 + index,
      children: [],
      atMs,
    })),
  };
}
