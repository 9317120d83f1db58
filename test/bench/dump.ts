/**
 * Reading a crash dump: by the compiled binary, beside what is used for it otherwise. `grep -c` counts as recon's
 * erl_crashdump_analyzer.sh does, pattern by pattern; the viewer is the back end of OTP's own, without its window.
 */

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptional } from "../../src/linux/procfs.ts";
import { nsomem, plainEnvironment } from "../e2e/binary.ts";
import { beamMissing } from "../lab/beam.ts";
import { cached, compile, labFile } from "../lab/cache.ts";
import { missingCommand } from "../lab/missing.ts";
import { atMost, type Figure } from "./figure.ts";

const mb = 1e6;
/** As recon's script asks a dump, one pass each. */
const analyzerPatterns = [
  "^=proc:",
  "^=port:",
  "^=ets:",
  "^=fun:",
  "^=proc_messages",
  "^Message queue length: ",
  "^Stack+heap: ",
];

/** All figures. Takes two minutes and 3 GB of disk, most of it for the dumps themselves. */
export async function dumpFigures(): Promise<Figure[]> {
  const lacking = beamMissing ?? missingCommand("grep");
  if (lacking) return [{ name: "reading a crash dump", value: `not measured: ${lacking}` }];
  const dir = mkdtempSync(join(tmpdir(), "nsomem-bench-dump-"));
  try {
    return [...(await largeFigures(dir)), ...(await crowdFigures(dir))];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function largeFigures(dir: string): Promise<Figure[]> {
  console.log("crash dumps: one of 1.4 GB");
  const dump = makeDump(dir, "messages", 4_400_000);
  const bytes = statSync(dump).size;
  // Scaled to the size that the bar is for: it is bound by bytes.
  const scale = 1.4e9 / bytes;
  const whole = await fastestOf([nsomem, "dump", dump]);
  const ledger = await fastestOf([nsomem, "dump", "--ledger", dump]);
  const grep = await sumOf(analyzerPatterns.map((pattern) => ["grep", "-c", pattern, dump]));
  return [
    { name: "crash dump of messages", value: `${(bytes / mb).toFixed(0)} MB` },
    atMost("  read whole, of 1.4 GB", (whole.tookMs * scale) / 1000, 1, "s"),
    atMost("  its figures alone", ledger.tookMs / 1000, 0.1, "s"),
    atMost("  peak RSS", whole.peakMb, 150, "MB"),
    { name: "  grep -c as recon's analyzer, sizes only", value: `${(grep / 1000).toFixed(2)} s` },
    ...(await viewerFigure(dump)),
  ];
}

async function crowdFigures(dir: string): Promise<Figure[]> {
  console.log("crash dumps: 100,000 and 277,140 processes");
  const dump = makeDump(dir, "processes", 100_000);
  const ledger = await fastestOf([nsomem, "dump", "--ledger", dump]);
  const viewer = await viewerFigure(dump);
  const most = await fastestOf([nsomem, "dump", makeDump(dir, "processes", 277_000)]);
  return [
    atMost("100,000 processes: figures alone", ledger.tookMs / 1000, 0.5, "s"),
    ...viewer,
    atMost("277,140 processes: peak RSS of the whole", most.peakMb, 150, "MB"),
    { name: "  read whole", value: `${(most.tookMs / 1000).toFixed(2)} s` },
  ];
}

function makeDump(dir: string, what: "messages" | "processes", count: number): string {
  const dump = join(dir, "erl_crash.dump");
  const lab = compiled("lab_crowd");
  const limit = ["+P", "1048576"];
  Bun.spawnSync(
    [
      "erl",
      ...limit,
      "-noshell",
      "-boot",
      "start_clean",
      "-pa",
      lab,
      "-run",
      "lab_crowd",
      "main",
      what,
      String(count),
    ],
    {
      env: { ...process.env, ERL_CRASH_DUMP: dump },
      stdio: ["ignore", "ignore", "ignore"],
    },
  );
  if (!readFileSync(dump).subarray(-5).toString().startsWith("=end"))
    throw new Error(`${dump} is not complete`);
  return dump;
}

function compiled(name: string): string {
  const source = labFile(`${name}.erl`);
  return cached(name, [source], (dir) => compile(["erlc", "-o", dir, source]));
}

/** Undefined figures where this OTP is without its viewer (Debian: erlang-observer). */
async function viewerFigure(dump: string): Promise<Figure[]> {
  const name = "  OTP's crashdump_viewer without its window";
  const words = [
    "erl",
    "-noshell",
    "-boot",
    "start_clean",
    "-pa",
    compiled("viewer"),
    "-run",
    "viewer",
    "main",
    dump,
  ];
  const { tookMs, peakMb, exitCode } = await timed(words);
  if (exitCode !== 0) return [{ name, value: "not measured: it is not installed, or did not end well" }];
  return [{ name, value: `${(tookMs / 1000).toFixed(1)} s, ${peakMb.toFixed(0)} MB` }];
}

interface Timed {
  tookMs: number;
  /** Peak of resident memory. */
  peakMb: number;
  exitCode: number | null;
}

/** Warm, and the fastest of five: what else the machine does can only make one slower. */
async function fastestOf(words: string[]): Promise<Timed> {
  const runs: Timed[] = [];
  for (let index = 0; index < 5; index++) runs.push(await timed(words));
  const failed = runs.find(({ exitCode }) => exitCode !== 0);
  if (failed) throw new Error(`${words.join(" ")} ended with ${failed.exitCode}`);
  return {
    tookMs: Math.min(...runs.map(({ tookMs }) => tookMs)),
    peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)),
    exitCode: 0,
  };
}

async function sumOf(commands: string[][]): Promise<number> {
  let sumMs = 0;
  for (const words of commands) sumMs += (await timed(words)).tookMs;
  return sumMs;
}

async function timed(words: string[]): Promise<Timed> {
  const startedMs = performance.now();
  const child = Bun.spawn(words, {
    env: { ...plainEnvironment, LC_ALL: "C" },
    stdio: ["ignore", "ignore", "ignore"],
    timeout: 60_000,
  });
  // Not resourceUsage(): its maximum begins with that of this process, which forked it.
  let peakKib = 0;
  const sampling = setInterval(() => {
    const status = readOptional(`/proc/${child.pid}/status`) ?? "";
    peakKib = Math.max(peakKib, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }, 5);
  await child.exited;
  const tookMs = performance.now() - startedMs;
  clearInterval(sampling);
  return { tookMs, peakMb: (peakKib * 1024) / mb, exitCode: child.exitCode };
}
