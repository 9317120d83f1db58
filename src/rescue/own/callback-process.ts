/** The process that a callback runs in: this program once more, which loads the operator's file; spoken to by pipes. */

import { shownText } from "../../core/shown.ts";

/** How to start the process that a callback runs in. */
export interface CallbackHost {
  command: readonly string[];
  env: Record<string, string>;
  onChild: (pid: number) => void;
}

export type CallbackChild = ReturnType<typeof startCallbackHost>;

const floodPauseMs = 10;
const textLengthMax = 2000;

export function startCallbackHost({ command, env, onChild }: CallbackHost, ...words: string[]) {
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

/** How it ended, in words. */
export function exitOf(child: { exitCode: number | null; signalCode: string | number | null }): string {
  // Its virtual machine reserves about 100 MiB, which strict overcommit counts (facts 4.1).
  if (child.signalCode === "SIGABRT" || child.exitCode === 134)
    return "killed by SIGABRT; with so little commit headroom (CommitLimit - Committed_AS) no such process can start";
  return child.signalCode ? `killed by ${child.signalCode}` : `exit ${child.exitCode}`;
}

/** The start of what it says; the rest is read slowly and dropped, so that it never blocks. */
export async function captureText(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of stream)
      if (text.length < textLengthMax) text += decoder.decode(chunk, { stream: true });
      else await Bun.sleep(floodPauseMs);
  } catch {
    // The pipe broke with the process.
  }
  return shownText(text.slice(0, textLengthMax));
}
