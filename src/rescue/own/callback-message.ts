/** The messages between the agent and a callback's process: one JSON object a line, on a pipe of their own. */

import { writeSync } from "node:fs";
import { askableKinds, type CallbackExport, type FromCallback } from "../../core/action-facts.ts";
import { createLineSplitter } from "../../core/line-splitter.ts";
import { shownText } from "../../core/shown.ts";

const messageLengthMax = 64 * 1024;
/** Messages are small; who sends more than this is flooding, and is read slowly. */
const messageBytesFast = 1024 * 1024;
const floodPauseMs = 10;
const textLengthMax = 2000;

/** Hands out what comes from a callback's process, until its pipe ends. */
export async function readMessages(
  descriptor: unknown,
  onMessage: (message: FromCallback) => void,
): Promise<void> {
  if (typeof descriptor !== "number") return;
  const splitter = createLineSplitter(messageLengthMax);
  const decoder = new TextDecoder();
  let bytes = 0;
  try {
    for await (const chunk of Bun.file(descriptor).stream()) {
      for (const line of splitter.push(decoder.decode(chunk, { stream: true }))) {
        const message = parseMessage(line);
        if (message) onMessage(message);
      }
      bytes += chunk.length;
      if (bytes > messageBytesFast) await Bun.sleep(floodPauseMs);
    }
  } catch {
    // The pipe broke with the process.
  }
}

const messageTypes = ["log", "ask", "exports", "done", "failed"];

/** The other end is code that this project does not control: what has not the expected shape is dropped. */
function parseMessage(line: string): FromCallback | undefined {
  try {
    const message = JSON.parse(line) as Partial<Record<string, unknown>>;
    if (!messageTypes.includes(String(message.type))) return undefined;
    if (message.type === "log") {
      const level = message.level === "error" || message.level === "warning" ? message.level : "info";
      return { type: "log", level, text: textOf(message.text) };
    }
    if (message.type === "failed") return { type: "failed", message: textOf(message.message) };
    if (message.type === "ask") {
      const action = askableKinds.find((kind) => kind === message.action);
      return action && { type: "ask", id: Number(message.id), action };
    }
    if (message.type === "exports") return { type: "exports", exports: message.exports as CallbackExport[] };
    return { type: "done" };
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return shownText(String(value).slice(0, textLengthMax));
}

/** The other end of the pipe: one message to the agent. Called in the callback's process. */
export function sayToAgent(message: FromCallback): void {
  const data = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let at = 0; at < data.length; ) {
    try {
      at += writeSync(3, data, at);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
