/** Runs src/tool/plot.sh as the tests need it: short ticks, every line kept, nothing left behind. */

import { join } from "node:path";
import type { FileSink } from "bun";
import { parseLine, type ToolLine } from "../../../src/core/line.ts";
import type { ProcessSample, Reading } from "../../../src/core/reading.ts";

export const script = join(import.meta.dir, "../../../src/tool/plot.sh");

export interface RunOptions {
  args?: string[];
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Goes before the command line: `["strace", "-f"]`. */
  wrapper?: string[];
  /** The tool's standard input, to be ended by the test. */
  stdin?: "pipe" | "ignore";
}

export interface RunningTool {
  pid: number;
  /** Lines of standard output so far. */
  lines: string[];
  parsed(): ToolLine[];
  readings(): Reading[];
  samples(): ProcessSample[];
  /** Until `condition` holds; throws with everything that was printed when it takes longer than `deadlineMs`. */
  until(condition: () => boolean, deadlineMs?: number): Promise<void>;
  /** Until `count` more full ticks have been printed. */
  ticks(count: number): Promise<void>;
  end(signal?: NodeJS.Signals): Promise<Ended>;
  /** With `stdin: "pipe"`: what the tool may be told to wait on. */
  stdin(): FileSink;
  ended: Promise<Ended>;
}

export interface Ended {
  code: number;
  lines: string[];
  stderr: string;
}

/** Ticks of 25 ms, and no data files, unless `env` says otherwise. The environment holds nothing else of NSOMEM_*. */
export function startTool({
  args = ["-v", "-m"],
  env = {},
  cwd,
  wrapper = [],
  stdin = "ignore",
}: RunOptions): RunningTool {
  const lines: string[] = [];
  const child = Bun.spawn([...wrapper, "bash", script, ...args], {
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      PATH: process.env.PATH,
      NSOMEM_INTERVAL_MS_MAX: "25",
      NSOMEM_INTERVAL_MS_MIN: "5",
      NSOMEM_DATA: "none",
      ...env,
    },
    stdio: [stdin, "pipe", "pipe"],
  });
  const drained = drain(child.stdout, lines);
  const stderr = new Response(child.stderr).text();
  const ended = (async () => {
    const code = await child.exited;
    await drained;
    return { code, lines, stderr: await stderr };
  })();
  const parsed = () => lines.map((line) => parseLine(line, { latestMs: 0 }));
  const until = async (condition: () => boolean, deadlineMs = 10_000) => {
    const deadline = performance.now() + deadlineMs;
    while (!condition()) {
      if (performance.now() > deadline || child.exitCode !== null) {
        if (condition()) return;
        throw new Error(`not within ${deadlineMs} ms (exit ${child.exitCode}):\n${lines.join("\n")}`);
      }
      await Bun.sleep(5);
    }
  };
  const ticksSeen = () => lines.filter((line) => line.includes("Physical Memory Usage")).length;
  return {
    pid: child.pid,
    lines,
    parsed,
    readings: () => parsed().flatMap((line) => (line.kind === "reading" ? [line.reading] : [])),
    samples: () => parsed().flatMap((line) => (line.kind === "sample" ? [line.sample] : [])),
    until,
    async ticks(count) {
      const seen = ticksSeen();
      await until(() => ticksSeen() >= seen + count);
    },
    async end(signal = "SIGTERM") {
      child.kill(signal);
      return await ended;
    },
    stdin() {
      if (!child.stdin) throw new Error("this tool was not started with a pipe on its standard input");
      return child.stdin;
    },
    ended,
  };
}

/** To its own end: `args` must say when that is. */
export async function runTool(options: RunOptions): Promise<Ended> {
  return await startTool(options).ended;
}

async function drain(stream: ReadableStream<Uint8Array>, lines: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  }
  if (rest !== "") lines.push(rest);
}
