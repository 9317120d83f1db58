/** One run of the measuring tool: both its pipes are drained, and nothing of its process group outlives it. */

import { endWords } from "../core/child-end.ts";
import { lineLengthMax } from "../core/line.ts";
import { createLineSplitter } from "../core/line-splitter.ts";
import { sendToGroup } from "../linux/process-group.ts";

export interface ToolCommand {
  /** The command line, e.g. `["bash", "…/plot.sh", "-v", "-m", "NaN"]`. */
  command: string[];
  cwd: string;
  env: Record<string, string>;
  /** What it finds open from descriptor 3 on. */
  descriptors?: readonly number[];
}

/** Called with one line at a time, without its newline. */
export interface ToolLines {
  onLine: (line: string) => void;
  /** Of stderr: the first of a run. The rest is read, so that the pipe never blocks the tool, and dropped. */
  onComplaint: (line: string) => void;
}

export interface ToolProcess {
  pid: number;
  /** Resolves with the reason when it has ended: "exit 1", "killed by SIGKILL". */
  ended: Promise<string>;
  kill(): void;
  /**
   * Closes the pipe that it waits on, which ends it within 20 ms; one that is stopped or hangs is killed after 300 ms.
   * Resolves when it has ended, or 200 ms later: in uninterruptible sleep it cannot even be killed.
   */
  close(): Promise<void>;
}

const complaintsMax = 100;
const closeGraceMs = 300;
const killedMsMax = 200;

/** Throws what Bun.spawn throws where the command cannot be started. */
export function startToolProcess(
  { command, cwd, env, descriptors = [] }: ToolCommand,
  lines: ToolLines,
): ToolProcess {
  // detached: setsid, so that the whole group can be killed with it (facts 4.8). stdin is the pipe it waits on:
  // when the agent dies, however it dies, the tool reads end of file and ends itself.
  const stdio: ["pipe", "pipe", "pipe", ...number[]] = ["pipe", "pipe", "pipe", ...descriptors];
  const child = Bun.spawn(command, { cwd, env, stdio, detached: true });
  const kill = () => sendToGroup(child.pid, "SIGKILL");
  void drain(child.stdout, lines.onLine);
  let complaints = 0;
  void drain(child.stderr, (line) => {
    if (complaints++ < complaintsMax) lines.onComplaint(line);
  });
  return {
    pid: child.pid,
    ended: child.exited.then(() => {
      // What it may have started must not outlive it.
      kill();
      return endWords(child);
    }),
    kill,
    async close() {
      child.stdin.end();
      await Promise.race([child.exited, Bun.sleep(closeGraceMs)]);
      kill();
      await Promise.race([child.exited, Bun.sleep(killedMsMax)]);
    },
  };
}

async function drain(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const splitter = createLineSplitter(lineLengthMax);
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream)
      for (const line of splitter.push(decoder.decode(chunk, { stream: true }))) onLine(line);
    const rest = splitter.rest();
    if (rest !== "") onLine(rest);
  } catch {
    // The pipe broke with the process; `ended` reports its end.
  }
}
