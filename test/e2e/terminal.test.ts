/** The status line in a real terminal: one line, cut to the width, over a resize, given back at the end. */

import { describe, expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { nsomem, plainEnvironment } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing() ?? missingCommand("tmux");

interface Terminal {
  resize(columns: number): void;
  press(key: string): void;
  /** The lines on the screen, without trailing blanks; `coloured` with their escape codes. */
  screen(coloured?: boolean): string[];
  stop(): Promise<void>;
}

/** A terminal of its own tmux server, in which `script` runs. */
function openTerminal(script: string, env: Record<string, string>): Terminal {
  const socket = join(scene.dir(), "tmux.sock");
  const tmux = (...words: string[]) => {
    const result = Bun.spawnSync(["tmux", "-S", socket, "-f", "/dev/null", ...words], {
      env: { ...plainEnvironment, ...env },
      stderr: "pipe",
    });
    if (!result.success) throw new Error(`tmux ${words[0]}: ${result.stderr}`);
    return result.stdout.toString();
  };
  tmux("new-session", "-d", "-x", "110", "-y", "30", script);
  return {
    resize: (columns) => void tmux("resize-window", "-x", String(columns)),
    press: (key) => void tmux("send-keys", key),
    screen: (coloured = false) =>
      tmux("capture-pane", "-p", ...(coloured ? ["-e"] : []))
        .split("\n")
        .map((line) => line.trimEnd())
        .filter((line) => line !== ""),
    stop: async () => void tmux("kill-server"),
  };
}

async function startInTerminal(env: Record<string, string> = {}) {
  const core = scene.keep(await startCore({ cwd: scene.dir() }));
  const view = createKernelView(join(scene.dir(), "kernel"));
  const script = join(scene.dir(), "run.sh");
  const start = [
    ...view.prefix,
    nsomem,
    "start",
    "--dry-run",
    "--pid",
    String(core.pid),
    "--home",
    join(scene.dir(), "home"),
  ];
  const quoted = start.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  writeFileSync(script, `trap true INT\n${quoted}\necho "ended with $?"\nsleep 60\n`);
  const terminal = scene.keep(openTerminal(`sh ${script}`, env));
  await until("the status line", () =>
    statusLines(terminal).some((line) => line.includes(`NSO ${core.pid}`)),
  );
  return { core, view, terminal };
}

/** The status line and what may be left of older ones: log lines begin with a time. */
function statusLines(terminal: Terminal): string[] {
  return terminal.screen().filter((line) => /^(mem|commit) /.test(line));
}

describe("the status line", () => {
  testUnless(lacking, "is one line, redrawn in place below the log", async () => {
    const { terminal } = await startInTerminal();
    await until("more than one redraw", () => Bun.sleep(1500).then(() => true));
    expect(statusLines(terminal)).toHaveLength(1);
    expect(terminal.screen().at(-1)).toBe(statusLines(terminal)[0] ?? "");
    expect(terminal.screen()[0]).toContain("watching NSO core");
  });

  testUnless(lacking, "is cut to the width, over a resize and back", async () => {
    const { terminal } = await startInTerminal();
    const wide = statusLines(terminal)[0] ?? "";
    for (const columns of [50, 24, 110]) {
      terminal.resize(columns);
      await until(`a line for ${columns} columns`, () => {
        const lines = statusLines(terminal);
        const [line = ""] = lines;
        return lines.length === 1 && line.length < columns && (columns < wide.length || line.includes("NSO"));
      });
    }
  });

  testUnless(lacking, "shows each level by colour and by word", async () => {
    const { view, terminal } = await startInTerminal();
    const coloured = () => terminal.screen(true).findLast((line) => line.includes("mem ")) ?? "";
    expect(coloured()).toMatch(/\x1b\[32m[^\x1b]*NORMAL/);
    view.set({ physicalPercent: 91 });
    await until("yellow", () => /\x1b\[33m[^\x1b]*WARNING/.test(coloured()));
    view.set({ physicalPercent: 96 });
    await until("bold red", () => /\x1b\[1m?(;31m|\x1b\[31m)[^\x1b]*CRITICAL/.test(coloured()));
  });

  testUnless(lacking, "with NO_COLOR has the words alone", async () => {
    const { terminal } = await startInTerminal({ NO_COLOR: "1" });
    expect(terminal.screen(true).join("\n")).not.toContain("\x1b[3");
    expect(statusLines(terminal)[0]).toContain("NORMAL");
  });

  testUnless(lacking, "^C stops once, takes the line away, and ends with 0", async () => {
    const { terminal } = await startInTerminal();
    terminal.press("C-c");
    await until("the end", () => terminal.screen().some((line) => line.startsWith("ended with")));
    const screen = terminal.screen();
    expect(screen.at(-1)).toBe("ended with 0");
    expect(screen.filter((line) => line.includes("nsomem was stopped"))).toHaveLength(1);
    expect(statusLines(terminal)).toEqual([]);
  });
});
