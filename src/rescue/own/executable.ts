/** `run:PATH`: an executable of the operator's with the facts in NSOMEM_* variables and as JSON on stdin. */

import { rm } from "node:fs/promises";
import { basename } from "node:path";
import type { Outcome } from "../../core/action.ts";
import { type ActionFacts, factVariables } from "../../core/action-facts.ts";
import { endWords } from "../../core/child-end.ts";
import { describeError } from "../../core/errors.ts";
import { describeEnd, endWithin } from "../../linux/child.ts";
import { captureOutput, freeOutputName, outputBytesMax } from "../../linux/child-output.ts";
import { launchAs, type RunAs } from "../../linux/run-as.ts";

export interface RunOptions {
  /** Absolute, and checked right before. */
  path: string;
  runAs: RunAs;
  facts: ActionFacts;
  /** Where it runs as ourselves, and its output is kept; undefined: in `/`, and its output is lost. */
  dir: string | undefined;
  timeoutMs: number;
  /** Without NSOMEM_*; those are added. */
  env: Record<string, string>;
  /** Called with the child's PID right after it was started. */
  onChild: (pid: number) => void;
  stop: AbortSignal;
}

/**
 * Captures its output in the incident's directory. As ourselves it runs there; NSO's user may not enter it, so that a
 * command of his runs in `/`. Never throws.
 */
export async function runExecutable(options: RunOptions): Promise<Outcome> {
  const { path, runAs, facts, dir, timeoutMs } = options;
  const { words, identity } = launchAs(runAs, [path]);
  const outputFile = dir === undefined ? undefined : freeOutputName(dir, `run-${basename(path)}`);
  try {
    // detached: a group of its own, so that what it starts can be ended with it.
    const child = Bun.spawn(words, {
      ...identity,
      cwd: runAs === "ourselves" ? (dir ?? "/") : "/",
      env: { ...options.env, ...factVariables(facts) },
      stdio: [new Blob([`${JSON.stringify(facts)}\n`]), "pipe", "pipe"],
      detached: true,
    });
    options.onChild(child.pid);
    const capture = captureOutput([child.stdout, child.stderr], outputFile);
    const how = await endWithin(child, { timeoutMs, signal: options.stop });
    const bytes = await capture.bytes();
    const files = await keptOutput(outputFile, bytes);
    const cut = bytes >= outputBytesMax ? `; its output was cut at ${outputBytesMax / 1024} KiB` : "";
    if (how !== "ended")
      return { outcome: "failed", message: `${path} ${describeEnd(how, timeoutMs)}${cut}`, files };
    const message = `${path}: ${endWords(child)}${cut}`;
    return { outcome: child.exitCode === 0 ? "done" : "failed", message, files };
  } catch (error) {
    const message = `${path} could not be started: ${describeError(error)}`;
    return { outcome: "failed", message, files: [] };
  }
}

/** A file without a byte tells nothing. */
async function keptOutput(file: string | undefined, bytes: number): Promise<string[]> {
  if (file === undefined) return [];
  if (bytes > 0) return [file];
  await rm(file, { force: true }).catch(() => undefined);
  return [];
}
