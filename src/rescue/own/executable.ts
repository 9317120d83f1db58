/** `run:PATH`: an executable of the operator's with the facts in NSOMEM_* variables and as JSON on stdin. */

import { rmSync } from "node:fs";
import { basename } from "node:path";
import type { Outcome } from "../../core/action.ts";
import { type ActionFacts, factVariables } from "../../core/action-facts.ts";
import { describeError } from "../../core/errors.ts";
import { describeEnd, endWithin } from "../child.ts";
import { captureOutput, freeOutputName, outputBytesMax } from "../child-output.ts";

export interface RunOptions {
  /** Absolute. */
  path: string;
  facts: ActionFacts;
  timeoutMs: number;
  /** Without NSOMEM_*; those are added. */
  env: Record<string, string>;
  /** Called with the child's PID right after it was started. */
  onChild: (pid: number) => void;
  stop: AbortSignal;
}

/** Runs it in the incident's directory and captures its output there. Never throws. */
export async function runExecutable(options: RunOptions): Promise<Outcome> {
  const { path, facts, timeoutMs } = options;
  const outputFile = freeOutputName(facts.incident_dir, `run-${basename(path)}`);
  try {
    // detached: a group of its own, so that what it starts can be ended with it.
    const child = Bun.spawn([path], {
      cwd: facts.incident_dir,
      env: { ...options.env, ...factVariables(facts) },
      stdio: [new Blob([`${JSON.stringify(facts)}\n`]), "pipe", "pipe"],
      detached: true,
    });
    options.onChild(child.pid);
    const capture = captureOutput([child.stdout, child.stderr], outputFile);
    const how = await endWithin(child, { timeoutMs, signal: options.stop });
    capture.release();
    const bytes = await capture.bytes;
    if (bytes === 0) rmSync(outputFile, { force: true });
    const files = bytes > 0 ? [outputFile] : [];
    const cut = bytes >= outputBytesMax ? `; its output was cut at ${outputBytesMax / 1024} KiB` : "";
    if (how !== "ended")
      return { outcome: "failed", message: `${path} ${describeEnd(how, timeoutMs)}${cut}`, files };
    const code = child.signalCode ? `killed by ${child.signalCode}` : `exit ${child.exitCode}`;
    return { outcome: child.exitCode === 0 ? "done" : "failed", message: `${path}: ${code}${cut}`, files };
  } catch (error) {
    const message = `${path} could not be started: ${describeError(error)}`;
    return { outcome: "failed", message, files: [] };
  }
}
