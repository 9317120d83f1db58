/** The process that a callback runs in: this program once more, which loads the operator's file; spoken to by pipes. */

import { type ChildEnd, endWords } from "../../core/child-end.ts";

/** How to start the process that a callback runs in. */
export interface CallbackHost {
  command: readonly string[];
  env: Record<string, string>;
  onChild: (pid: number) => void;
}

export type CallbackChild = ReturnType<typeof startCallbackHost>;

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
export function exitOf(child: ChildEnd): string {
  // Its virtual machine reserves about 100 MiB, which strict overcommit counts (facts 4.1).
  if (child.signalCode === "SIGABRT" || child.exitCode === 134)
    return "killed by SIGABRT; with so little commit headroom (CommitLimit - Committed_AS) no such process can start";
  return endWords(child);
}
