/** Whatever the tool writes, the agent lives, counts it, and obeys the valid lines between it. */

import { describe, expect } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const streams = 100;
const limitKib = 24_684_096;

/** A line as plot.sh writes it, with a used value that tells it from every other. */
function validLine(level: "INFO" | "WARNING" | "CRIT", usedKib: number): string {
  const [percent, limit, verb] = {
    INFO: [10, 90, "is within"],
    WARNING: [91, 90, "exceeded"],
    CRIT: [96, 95, "exceeded"],
  }[level] as [number, number, string];
  const tag = level === "INFO" ? "MONITOR VERBOSE" : "MONITOR";
  return `${new Date().toISOString()} [${tag}] [${level}] Physical Memory Usage ${usedKib} KB/${limitKib} KB(${percent}%) ${verb} ${limit}% of MemTotal`;
}

/** Bytes of any kind: noise, and valid lines cut, doubled or with bytes of them changed. */
const arbitraryStream = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 20_000 }),
  fc
    .array(
      fc.constantFrom(
        "[MONITOR] ",
        "[CRIT] ",
        "[SAMPLE] ",
        "KB/",
        "\n",
        "\r",
        "\0",
        "\x1b[2J",
        "999999999999999999",
        " ",
      ),
    )
    .map((words) => new TextEncoder().encode(words.join(""))),
  fc
    .record({ at: fc.nat(150), byte: fc.integer({ min: 0, max: 255 }), cut: fc.nat(150) })
    .map(({ at, byte, cut }) => {
      const bytes = new TextEncoder().encode(validLine("CRIT", 23_500_000));
      bytes[Math.min(at, bytes.length - 1)] = byte;
      return bytes.slice(cut % 3 === 0 ? cut : 0);
    }),
);

describe("the tool's output", () => {
  testUnless(
    nativeMissing,
    `${streams} random byte streams: no crash, malformed lines counted, valid lines between them obeyed`,
    async () => {
      const { agent, write } = await startWithOutput();
      const seed = Date.now();
      console.log(`seed of the random streams: ${seed}`);
      for (const [index, bytes] of fc.sample(arbitraryStream, { numRuns: streams, seed }).entries()) {
        const usedKib = 1_000_000 + index;
        await write(bytes);
        await write(`\n[MONITOR] [CRIT] this is malformed\n${validLine("INFO", usedKib)}\n`);
        await agent.statusWhen(`line ${index}`, ({ memory }) => memory.physical?.used_kib === usedKib, 5000);
      }
      expect(agent.isRunning()).toBe(true);
      expect(agent.status()?.tool.malformed_lines).toBeGreaterThanOrEqual(streams);
      expect(agent.status()?.tool.restarts).toBe(0);

      // The other kind: a stream may have held a whole critical line of the physical one, which counts.
      await write(
        `${validLine("WARNING", 22_500_000).replace("Physical Memory Usage", "Committed_AS").replace("MemTotal", "CommitLimit")}\n`,
      );
      const { actions } = await agent.statusWhen("the warning", (status) =>
        status.actions.some(({ kind }) => kind === "allocated"),
      );
      expect(actions.find(({ kind }) => kind === "allocated")).toMatchObject({
        ...{ level: "warning", action: "debug-dump", outcome: "skipped" },
      });
    },
    60_000,
  );

  testUnless(nativeMissing, "a line without an end does not fill the agent's memory", async () => {
    const { agent, write } = await startWithOutput();
    const before = rssMib(agent.pid);
    const piece = "x".repeat(1024 * 1024);
    for (let mib = 0; mib < 64; mib++) await write(piece);
    await write(`\n${validLine("INFO", 4711)}\n`);
    await agent.statusWhen("the line after it", ({ memory }) => memory.physical?.used_kib === 4711);
    expect(rssMib(agent.pid) - before).toBeLessThan(40);
  });
});

/** An agent in a dry run whose `bash` is a program that passes on what the test writes. */
async function startWithOutput() {
  const core = scene.keep(await startCore());
  const bin = join(scene.dir(), "bin");
  const pipe = join(scene.dir(), "output");
  mkdirSync(bin);
  Bun.spawnSync(["mkfifo", pipe]);
  writeFileSync(join(bin, "bash"), `#!/bin/sh\nexec cat "${pipe}"\n`);
  chmodSync(join(bin, "bash"), 0o755);
  const agent = scene.agent({
    words: ["--dry-run", "--pid", String(core.pid)],
    config: '[crash_dump]\nconfirm = false\n[allocated]\nenforce = "always"\n',
    env: { PATH: `${bin}:${process.env.PATH}` },
  });
  const output = await open(pipe, "w");
  scene.keep({ stop: () => output.close() });
  return { agent, write: async (data: string | Uint8Array) => void (await output.write(data as string)) };
}

function rssMib(pid: number): number {
  const pages = Bun.spawnSync(["cat", `/proc/${pid}/statm`])
    .stdout.toString()
    .split(" ")[1];
  return (Number(pages) * 4) / 1024;
}
