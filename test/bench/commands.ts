/** How long an operator waits: `--version`, `status`, and `start --daemon` until it is ready. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunResult, run } from "../e2e/binary.ts";
import { startCore } from "../lab/core.ts";
import { percentile } from "./figure.ts";

export interface CommandTimes {
  versionMs: number;
  statusMs: number;
  startMs: number;
}

/** Medians of `runs`; of starts a quarter as many, each with its stop. */
export async function measureCommands({ runs }: { runs: number }): Promise<CommandTimes> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-commands-"));
  const core = await startCore({ cwd: dir });
  const home = ["--home", dir];
  const start = () => timed(["start", "--daemon", "--pid", String(core.pid), ...home]);
  const stop = () => timed(["stop", ...home]);
  try {
    const startsMs: number[] = [];
    for (let index = 0; index < runs / 4; index++) {
      startsMs.push(await start());
      await stop();
    }
    await start();
    const statusMs = await medianOf(runs, ["status", ...home]);
    const versionMs = await medianOf(runs, ["--version"]);
    return { startMs: percentile(startsMs, 0.5), statusMs, versionMs };
  } finally {
    await run(["stop", ...home]);
    await core.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function medianOf(runs: number, words: string[]): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < runs; index++) times.push(await timed(words));
  return percentile(times, 0.5);
}

async function timed(words: string[]): Promise<number> {
  const startedMs = performance.now();
  const result: RunResult = await run(words);
  const tookMs = performance.now() - startedMs;
  if (result.exitCode !== 0)
    throw new Error(`nsomem ${words.join(" ")} ended with ${result.exitCode}: ${result.stderr}`);
  return tookMs;
}
