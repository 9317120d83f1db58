/** Calls one export of the operator's callbacks, in a process of its own. */

import { failed, type Outcome } from "../../core/action.ts";
import type { ActionFacts, AskableKind, ToCallback } from "../../core/action-facts.ts";
import { describeError } from "../../core/errors.ts";
import { describeEnd, endWithin } from "../../linux/child.ts";
import { captureOutput, freeOutputName, outputBytesMax } from "../../linux/child-output.ts";
import { readMessages } from "./callback-message.ts";
import { type CallbackHost, exitOf, startCallbackHost } from "./callback-process.ts";

/** Which export of which file is called, and with what. */
export interface CallbackCall {
  /** The operator's file, absolute. */
  file: string;
  /** The export to call. */
  name: string;
  facts: ActionFacts;
}

export interface CallbackOptions {
  call: CallbackCall;
  host: CallbackHost;
  /** Where its output is kept; undefined: it is lost. */
  dir: string | undefined;
  /** Without the time for which a built-in action runs that the callback asked for: those have their own. */
  timeoutMs: number;
  ask: (action: AskableKind) => Promise<Outcome>;
  onLog: (text: string, level: "info" | "warning" | "error") => void;
  stop: AbortSignal;
}

/** Lines of a logger that are written; a callback that logs in a loop says no more. */
const logLinesMax = 1000;
/** Built-in actions that one call may ask for; a loop of them would pause its own deadline for ever. */
const asksMax = 10;

/** Calls one export and waits for its end. Never throws. */
export async function callCallback(options: CallbackOptions): Promise<Outcome> {
  const { call, timeoutMs } = options;
  const { name } = call;
  const outputFile = options.dir === undefined ? undefined : freeOutputName(options.dir, `callback-${name}`);
  let asked = 0;
  let answering = 0;
  let logged = 0;
  let verdict: { failure: string | undefined } | undefined;
  try {
    const child = startCallbackHost(options.host, "run");
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
    const answer = async (id: number, action: AskableKind) => {
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
    send({ type: "call", ...call });
    const how = await endWithin(child, { timeoutMs, isPaused: () => answering > 0, signal: options.stop });
    await Promise.race([messages, Bun.sleep(200)]);
    const bytes = await capture.bytes();
    const files = outputFile !== undefined && bytes > 0 ? [outputFile] : [];
    const cut = bytes >= outputBytesMax ? `; its output was cut at ${outputBytesMax / 1024} KiB` : "";
    if (how !== "ended") return failed(`callback ${name} ${describeEnd(how, timeoutMs)}${cut}`, files);
    if (verdict?.failure !== undefined) return failed(`callback ${name}: ${verdict.failure}${cut}`, files);
    if (!verdict) return failed(`callback ${name} ended its process early: ${exitOf(child)}${cut}`, files);
    return { outcome: "done", message: `callback ${name} returned${cut}`, files };
  } catch (error) {
    return failed(`callback ${name} could not be started: ${describeError(error)}`);
  }
}
