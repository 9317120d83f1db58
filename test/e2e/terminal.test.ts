/** The status line in a real terminal: one line, cut to the width, over a resize, given back at the end. */

import { describe, expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startCore } from "../lab/core.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { until } from "../lab/part.ts";
import { nsomem } from "./binary.ts";
import { createKernelView, kernelViewMissing } from "./kernel-view.ts";
import { createScene } from "./scene.ts";
import { openTerminal, type Terminal } from "./tmux.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing() ?? missingCommand("tmux");

async function startInTerminal(env: Record<string, string> = {}, sign?: string) {
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
  const terminal = scene.keep(openTerminal({ dir: scene.dir(), script: `sh ${script}`, env }));
  const lines = () => (sign === undefined ? statusLines(terminal) : terminal.screen());
  await until("the first line", () => lines().some((line) => line.includes(sign ?? `NSO ${core.pid}`)));
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

  testUnless(
    lacking,
    "on a dumb terminal and for a screen reader is a line of its own, once a minute, in ASCII",
    async () => {
      for (const env of [{ TERM: "dumb" }, { NSOMEM_PLAIN: "1" }] as Record<string, string>[]) {
        const { terminal } = await startInTerminal(env, "watching NSO core");
        await until("a few ticks", () => Bun.sleep(1500).then(() => true));
        expect(statusLines(terminal)).toHaveLength(1);
        expect(terminal.screen(true).join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
        await terminal.stop();
      }
    },
  );

  testUnless(lacking, "in a locale without UTF-8 has ASCII bars", async () => {
    const { terminal } = await startInTerminal({ LC_ALL: "C", LANG: "C" });
    expect(statusLines(terminal)[0]).toMatch(/^mem #-{7} 10\.0% NORMAL \| dry run \| NSO/);
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
