/** A real terminal: a tmux server of its own, whose screen a test reads. */

import { join } from "node:path";
import { plainEnvironment } from "./binary.ts";

export interface Terminal {
  resize(columns: number): void;
  press(...keys: string[]): void;
  /** The lines on the screen, without trailing blanks; `coloured` with their escape codes. */
  screen(coloured?: boolean): string[];
  stop(): Promise<void>;
}

export interface TerminalOptions {
  /** Where its socket is. */
  dir: string;
  /** Words of a shell. */
  script: string;
  env?: Record<string, string>;
  columns?: number;
  rows?: number;
}

let opened = 0;

export function openTerminal({ dir, script, env, columns = 110, rows = 30 }: TerminalOptions): Terminal {
  const socket = join(dir, `tmux-${++opened}.sock`);
  const tmux = (...words: string[]) => {
    const result = Bun.spawnSync(["tmux", "-S", socket, "-f", "/dev/null", ...words], {
      env: { ...plainEnvironment, ...env },
      stderr: "pipe",
    });
    if (!result.success) throw new Error(`tmux ${words[0]}: ${result.stderr}`);
    return result.stdout.toString();
  };
  // tmux itself needs UTF-8 and a terminal's name; what runs in it gets what the test says.
  const own = Object.entries(env ?? {}).map(([name, value]) => `${name}='${value}'`);
  tmux(
    "-u",
    "new-session",
    "-d",
    "-x",
    String(columns),
    "-y",
    String(rows),
    `${own.join(" ")} ${script}`.trim(),
  );
  return {
    resize: (width) => void tmux("resize-window", "-x", String(width)),
    press: (...keys) => void tmux("send-keys", ...keys),
    screen: (coloured = false) =>
      tmux("-u", "capture-pane", "-p", ...(coloured ? ["-e"] : []))
        .split("\n")
        .map((line) => line.trimEnd())
        .filter((line) => line !== ""),
    async stop() {
      // Also where it ended by itself.
      Bun.spawnSync(["tmux", "-S", socket, "kill-server"], { stderr: "ignore" });
    },
  };
}
