/** The compiled binary as a user runs it. `make build` must have made it. */

import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";

export const nsomem = resolve(import.meta.dir, "../../dist/nsomem");
if (!existsSync(nsomem)) throw new Error(`${nsomem} is not there; run "make build" first`);

export interface RunResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** What stands before the command and ends in exec: `setpriv --reuid nobody …`. */
  prefix?: string[];
}

/** Runs one command to its end, on pipes. Killed after 20 s. */
export async function run(
  words: readonly string[],
  { cwd, env, prefix = [] }: RunOptions = {},
): Promise<RunResult> {
  const child = Bun.spawn([...prefix, nsomem, ...words], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...plainEnvironment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  await child.exited;
  return { exitCode: child.exitCode, stdout, stderr };
}

/** What a login gives where nsomem is installed: no colour variables, no CI, nothing of the test runner's. */
export const plainEnvironment: Record<string, string> = {
  PATH: `${dirname(nsomem)}:${process.env.PATH ?? "/usr/bin:/bin"}`,
  HOME: process.env.HOME ?? "/",
  LANG: "C.UTF-8",
  TERM: "xterm-256color",
};
