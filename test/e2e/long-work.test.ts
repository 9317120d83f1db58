/** Commands that take longer than a moment: what a terminal shows of their progress, and what ^C leaves. */

import { Database } from "bun:sqlite";
import { describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { testUnless } from "../lab/missing.ts";
import { writeSampleHistory } from "../report/sample-history.ts";
import { nsomem, plainEnvironment, run } from "./binary.ts";
import { createScene } from "./scene.ts";

const scene = createScene();

/** Its standard error is a terminal of its own (script(1)); what it has printed there by now. */
function onTerminal(words: readonly string[]) {
  const typescript = join(scene.dir(), "typescript");
  const command = [nsomem, ...words].map((word) => `'${word}'`).join(" ");
  const child = Bun.spawn(["script", "-qefc", `exec ${command} >/dev/null`, typescript], {
    env: plainEnvironment,
    stdio: ["ignore", "ignore", "ignore"],
  });
  return { child, screen: () => Bun.file(typescript).text() };
}

function writeDataFiles(dir: string, ticks: number, name = "ncs.smp/mem_ncs.smp.log"): string[] {
  const file = join(dir, name);
  mkdirSync(join(file, ".."), { recursive: true });
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  let text = "";
  for (let tick = 0; tick < ticks; tick++) {
    const second = tick % 86_400;
    text += `${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)} 42244 57252 8115420 12342048 14078960 24684096 8571\n`;
    if (tick % 10_000 === 0 || tick === ticks - 1) {
      appendFileSync(file, text);
      text = "";
    }
  }
  return [file];
}

describe("a command of more than a second", () => {
  test("shows on a terminal how far it is, and takes that away at its end", async () => {
    const files = writeDataFiles(join(scene.dir(), "data"), 1_500_000);
    const { child, screen } = onTerminal(["import", "--home", scene.dir(), ...files]);
    expect(await child.exited).toBe(0);
    const text = await screen();
    expect(text).toMatch(
      /\r\x1b\[2Kimport: [\d.]+ MiB of \d\d\.\d MiB, [\d.]+ MiB a second, about \d+ s left/,
    );
    expect(text.replace(/\nScript done.*/s, "")).toEndWith("s left\r\x1b[2K");
  }, 60_000);

  test.each([
    [
      "export to a file",
      (home: string, out: string) => [
        "export",
        "--format",
        "json",
        "--home",
        home,
        "--out",
        join(out, "e.json"),
      ],
    ],
    [
      "export of the inherited files",
      (home: string, out: string) => ["export", "--format", "plot", "--home", home, "--out", out],
    ],
    ["graph", (home: string, out: string) => ["graph", "--home", home, "--out", out]],
  ])(
    "leaves no half file at ^C, and ends by it: %s",
    async (_, words) => {
      const home = join(scene.dir(), "home");
      const out = join(scene.dir(), "out");
      mkdirSync(home, { mode: 0o700 });
      mkdirSync(out);
      const now = Date.now();
      writeSampleHistory(join(home, "history.db"), { startMs: now - 60_000_000, ticks: 60_000, vms: 6 });
      const child = Bun.spawn([nsomem, ...words(home, out)], {
        env: plainEnvironment,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const files = () => readdirSync(out, { recursive: true }).map(String);
      const deadline = performance.now() + 30_000;
      while (files().every((name) => !/\.(?:partial|log|svg)$/.test(name)) && performance.now() < deadline)
        await Bun.sleep(1);
      child.kill("SIGINT");
      await child.exited;
      expect(child.signalCode).toBe("SIGINT");
      expect(files().filter((name) => name.endsWith(".partial"))).toEqual([]);
      expect(await new Response(child.stderr).text()).toBe("");
    },
    60_000,
  );
});

describe("an import that does not come to its end", () => {
  const oldTicks = 100;
  const newTicks = 300_000;
  const oldMs = Date.parse("2024-01-13T12:00:00Z");

  /** A history of 100 ticks of long ago, and two files with more. */
  const stage = (home: string) => {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeSampleHistory(join(home, "history.db"), { startMs: oldMs, ticks: oldTicks, vms: 0 });
    const names = ["ncs.smp/mem_ncs.smp.log", "python3/mem_a.log"];
    return names.flatMap((name) => writeDataFiles(join(scene.dir(), "data"), newTicks, name));
  };
  const held = (home: string) => {
    const db = new Database(join(home, "history.db"));
    try {
      const count = (sql: string) => Number(db.query(sql).values()[0]?.[0]);
      const split = oldMs + 1_000_000;
      return {
        integrity: db.query("PRAGMA integrity_check").values(),
        old: count(`SELECT count(*) FROM tick WHERE at_ms < ${split}`),
        ticks: count(`SELECT count(*) FROM tick WHERE at_ms >= ${split}`),
        samples: count(`SELECT count(*) FROM sample WHERE key / 2048 >= ${split}`),
      };
    } finally {
      db.close();
    }
  };

  test("by ^C leaves what was there, and whole ticks of what came; again, it is all there", async () => {
    const home = join(scene.dir(), "home");
    const files = stage(home);
    const before = statSync(join(home, "history.db")).size;
    const child = Bun.spawn([nsomem, "import", "--home", home, ...files], {
      env: plainEnvironment,
      stdio: ["ignore", "ignore", "ignore"],
    });
    const size = (name: string) => statSync(join(home, name), { throwIfNoEntry: false })?.size ?? 0;
    const deadline = performance.now() + 30_000;
    while (size("history.db") + size("history.db-wal") < before + 1e6 && performance.now() < deadline)
      await Bun.sleep(1);
    child.kill("SIGINT");
    await child.exited;
    expect(child.signalCode).toBe("SIGINT");
    const { ticks, ...rest } = held(home);
    expect(ticks).toBeGreaterThan(0);
    expect(ticks).toBeLessThan(newTicks);
    expect(rest).toEqual({ integrity: [["ok"]], old: oldTicks, samples: 2 * ticks });
    expect(readdirSync(home).filter((name) => name.endsWith(".partial"))).toEqual([]);
    expect((await run(["import", "--home", home, ...files])).exitCode).toBe(0);
    expect(held(home)).toMatchObject({ old: oldTicks, ticks: newTicks, samples: 2 * newTicks });
  }, 60_000);

  testUnless(
    process.getuid?.() === 0 ? undefined : "root, to mount a file system",
    "by a full disk leaves the same, and says so",
    async () => {
      const home = join(scene.dir(), "small");
      mkdirSync(home);
      expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", home]).exitCode).toBe(
        0,
      );
      try {
        const files = stage(home);
        const { exitCode, stderr } = await run(["import", "--home", home, ...files]);
        expect(exitCode).toBe(1);
        expect(stderr).toContain(`cannot write ${home}/history.db`);
        const { ticks, ...rest } = held(home);
        expect(ticks).toBeLessThan(newTicks);
        expect(rest).toEqual({ integrity: [["ok"]], old: oldTicks, samples: 2 * ticks });
      } finally {
        Bun.spawnSync(["umount", "-l", home]);
      }
    },
  );
});
