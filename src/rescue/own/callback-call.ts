/** A callback in a process of its own: this program once more, which loads the user's file; spoken to by pipes. */

import type { BuiltInName, Outcome } from "../../core/action.ts";
import type { CallbackExport, Facts, ToCallback } from "../../core/action-facts.ts";
import { describeError } from "../../core/errors.ts";
import { captureOutput, describeEnd, endWithin, freeOutputName, outputBytesMax } from "../child.ts";
import { readMessages } from "./callback-message.ts";

/** How to start the process that a callback runs in. */
export interface CallbackHost {
  command: readonly string[];
  env: Record<string, string>;
  onChild: (pid: number) => void;
}

export interface CallbackOptions {
  host: CallbackHost;
  /** The user's file, absolute. */
  file: string;
  /** The export to call. */
  name: string;
  facts: Facts;
  /** Without the time for which a built-in action runs that the callback asked for: those have their own. */
  timeoutMs: number;
  ask: (action: BuiltInName) => Promise<Outcome>;
  onLog: (text: string, level: "info" | "warning" | "error") => void;
  signal: AbortSignal;
}

/** Lines of a logger that are written; a callback that logs in a loop says no more. */
const logLinesMax = 1000;
/** Built-in actions that one call may ask for; a loop of them would pause its own deadline for ever. */
const asksMax = 10;
const floodPauseMs = 10;
const textLengthMax = 2000;

/** Calls one export and waits for its end. Never throws. */
export async function callCallback(options: CallbackOptions): Promise<Outcome> {
  const { facts, file, name, timeoutMs } = options;
  const outputFile = freeOutputName(facts.incident_dir, `callback-${name}`);
  let asked = 0;
  let answering = 0;
  let logged = 0;
  let verdict: { failure: string | undefined } | undefined;
  const failed = (message: string, files: string[] = []): Outcome => ({ outcome: "failed", message, files });
  try {
    const child = startHost(options.host, "run");
    const send = (message: ToCallback) => {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      child.stdin.flush();
    };
    const capture = captureOutput([child.stdout, child.stderr], outputFile);
    const messages = readMessages(child.stdio[3], (message) => {
      if (message.type === "log" && logged++ < logLinesMax)
        options.onLog(message.text.replaceAll("\n", " "), message.level);
      if (message.type === "ask") void answer(message.id, message.action);
      if (message.type === "done") verdict = { failure: undefined };
      if (message.type === "failed") verdict ??= { failure: message.message };
    });
    const answer = async (id: number, action: BuiltInName) => {
      if (asked++ >= asksMax) {
        const message = `more than ${asksMax} actions asked for`;
        send({ type: "result", id, outcome: { outcome: "skipped", message, files: [] } });
        return;
      }
      answering++;
      const outcome = await options.ask(action);
      answering--;
      send({ type: "result", id, outcome });
    };
    send({ type: "call", file, name, facts });
    const how = await endWithin(child, { timeoutMs, isPaused: () => answering > 0, signal: options.signal });
    capture.release();
    await Promise.race([messages, Bun.sleep(200)]);
    const bytes = await capture.bytes;
    const files = bytes > 0 ? [outputFile] : [];
    const cut = bytes >= outputBytesMax ? `; its output was cut at ${outputBytesMax / 1024} KiB` : "";
    if (how !== "ended") return failed(`callback ${name} ${describeEnd(how, timeoutMs)}${cut}`, files);
    if (verdict?.failure !== undefined) return failed(`callback ${name}: ${verdict.failure}${cut}`, files);
    if (!verdict) return failed(`callback ${name} ended its process early: ${exitOf(child)}${cut}`, files);
    return { outcome: "done", message: `callback ${name} returned${cut}`, files };
  } catch (error) {
    return failed(`callback ${name} could not be started: ${describeError(error)}`);
  }
}

const checkMsMax = 10_000;

/** Loads the file in a process of its own and says what it exports, or why it cannot be loaded. Never throws. */
export async function inspectCallbacks(
  host: CallbackHost,
  file: string,
): Promise<{ exports: CallbackExport[] } | { complaint: string }> {
  let found: CallbackExport[] | undefined;
  let failure: string | undefined;
  try {
    const child = startHost(host, "inspect", file);
    child.stdin.end();
    const complaint = captureText(child.stderr);
    void captureText(child.stdout);
    const messages = readMessages(child.stdio[3], (message) => {
      if (message.type === "exports") found = message.exports;
      if (message.type === "failed") failure = message.message;
    });
    const never = new AbortController().signal;
    const how = await endWithin(child, { timeoutMs: checkMsMax, signal: never });
    await Promise.race([messages, Bun.sleep(200)]);
    if (how !== "ended") return { complaint: `${file} ${describeEnd(how, checkMsMax)} while it was loaded` };
    if (failure !== undefined) return { complaint: failure };
    if (found) return { exports: found };
    const said = (await complaint).trim();
    return {
      complaint: `${file} ended its process while it was loaded: ${exitOf(child)}${said && `; ${said}`}`,
    };
  } catch (error) {
    return { complaint: `${file} could not be checked: ${describeError(error)}` };
  }
}

function startHost({ command, env, onChild }: CallbackHost, ...words: string[]) {
  const [file = "", ...rest] = command;
  const child = Bun.spawn([file, ...rest, ...words], {
    env,
    // The fourth is for messages: stdout is the user's own.
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
  onChild(child.pid);
  return child;
}

function exitOf(child: { exitCode: number | null; signalCode: string | number | null }): string {
  // Its virtual machine reserves about 100 MiB, which strict overcommit counts (facts 4.1).
  if (child.signalCode === "SIGABRT" || child.exitCode === 134)
    return "killed by SIGABRT; with so little commit headroom (CommitLimit - Committed_AS) no such process can start";
  return child.signalCode ? `killed by ${child.signalCode}` : `exit ${child.exitCode}`;
}

async function captureText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of stream)
      if (text.length < textLengthMax) text += decoder.decode(chunk, { stream: true });
      else await Bun.sleep(floodPauseMs);
  } catch {
    // The pipe broke with the process.
  }
  return text.slice(0, textLengthMax);
}
