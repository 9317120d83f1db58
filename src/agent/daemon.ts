/** Starts this program again in the background and waits for its word: READY, or why not. */

import { closeSync, writeSync } from "node:fs";
import { endWords } from "../core/child-end.ts";
import { describeError, type ExitCode, NsomemError } from "../core/errors.ts";
import { doNow } from "../linux/file-work.ts";
import { openToAppend } from "../linux/private-file.ts";
import { clampedEnv, selfCommand } from "../linux/self.ts";
import { logPlace } from "../record/rotating-log.ts";

/** In the child's environment: the descriptor on which it reports. */
const readyVariable = "NSOMEM_READY_FD";
const readyDescriptor = 3;
/** A start takes about 100 ms; on a server that swaps it may take long, and is then still better than none. */
const startMsMax = 30_000;

/**
 * Runs `words` as a daemon: own session, clamped environment, output to `logFile`. Returns its PID when it has taken
 * its first reading. Throws NsomemError with the child's own reason and exit code, or DAEMON when it died silently.
 */
export async function startDaemon(words: readonly string[], logFile: string): Promise<number> {
  const log = openLog(logFile);
  // detached calls setsid: the daemon survives the terminal's end (facts 4.18).
  const child = Bun.spawn([...selfCommand(), ...words], {
    detached: true,
    env: { ...clampedEnv(process.env), [readyVariable]: String(readyDescriptor) },
    stdio: ["ignore", log, log, "pipe"],
  });
  if (log !== "ignore") closeSync(log);
  child.unref();
  const report = await Promise.race([
    firstLine(child.stdio[readyDescriptor]),
    Bun.sleep(startMsMax).then(() => null),
  ]);
  if (report === "READY") return child.pid;
  if (report === null)
    throw new NsomemError(
      "DAEMON",
      `the agent (PID ${child.pid}) has not taken a reading in ${startMsMax / 1000} s; see ${logFile}`,
    );
  const failure = /^FAIL (\d) (.*)$/s.exec(report);
  if (failure?.[2])
    throw new NsomemError("DAEMON", JSON.parse(failure[2]) as string, Number(failure[1]) as ExitCode);
  const code = await child.exited;
  // As a shell counts it, or as the kernel says it (facts 4.1, 4.34).
  const isAborted = code === 134 || child.signalCode === "SIGABRT";
  const why = isAborted
    ? "its runtime could not get a thread or memory: look at pids.max (TasksMax=), ulimit -u, ulimit -v and CommitLimit"
    : endWords(child);
  throw new NsomemError("DAEMON", `the agent ended before its first reading (${why}); see ${logFile}`);
}

/** On a full disk what it prints is lost, and it watches all the same. Throws NsomemError UNTRUSTED or FILE. */
function openLog(logFile: string): number | "ignore" {
  try {
    return doNow(openToAppend(logFile, logPlace)).descriptor;
  } catch (error) {
    if (error instanceof NsomemError) throw error;
    return "ignore";
  }
}

/** How a started daemon reports; undefined when this process was not started as one. */
export function daemonReport(): { ready(): void; failed(error: unknown): void } | undefined {
  const descriptor = Number(process.env[readyVariable]);
  if (!Number.isInteger(descriptor) || descriptor < 3) return undefined;
  delete process.env[readyVariable];
  const say = (text: string) => {
    try {
      writeSync(descriptor, `${text}\n`);
      closeSync(descriptor);
    } catch {
      // The starting command is gone; the agent goes on.
    }
  };
  return {
    ready: () => say("READY"),
    failed: (error) => {
      const code = error instanceof NsomemError ? error.exitCode : 1;
      say(`FAIL ${code} ${JSON.stringify(describeError(error))}`);
    },
  };
}

/** The text up to the end of the pipe or its first newline. */
async function firstLine(descriptor: unknown): Promise<string> {
  if (typeof descriptor !== "number")
    throw new NsomemError("DAEMON", "the daemon's report pipe could not be opened");
  let text = "";
  const decoder = new TextDecoder();
  // Not a read stream of node:fs: the pipe is a non-blocking socket, where that ends in EAGAIN.
  for await (const chunk of Bun.file(descriptor).stream()) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.trimEnd();
}
