/** `replay` in the compiled binary: what a recording would have led to, and that a live run agrees. */

import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clockOf } from "../fake-clock.ts";
import { testUnless } from "../lab/missing.ts";
import { actingMissing, startActing, writeScript } from "./acting.ts";
import { run } from "./binary.ts";
import { createScene } from "./scene.ts";

// Each takes a second or two; a machine that others use too may need many times that.
setDefaultTimeout(30_000);
const scene = createScene();

const rows = (stdout: string) => stdout.split("\n").filter((line) => /^\d{4}-/.test(line));

testUnless(actingMissing, "a replay of the recorded log comes to the decisions of the live run", async () => {
  const path = writeScript(join(scene.dir(), "own"), "page", "#!/bin/sh\n");
  const { core, view, agent, home } = await startActing(scene, {
    config: `
        [physical]
        recovery_time = "100ms"
        [debug_dump]
        count = 1
        [[rule]]
        name = "early"
        kind = "physical"
        percent = 70
        actions = ["run:${path}"]
        cooldown = "1h"`,
  });
  view.setOvercommit(2);
  const level = (kind: "physical" | "allocated", wanted: string) =>
    agent.statusWhen(`${kind} ${wanted}`, ({ memory }) => memory[kind]?.level === wanted);
  view.set({ physicalPercent: 91, allocatedPercent: 97 });
  await level("allocated", "critical");
  await agent.statusWhen("the dump", (s) =>
    s.actions.some((a) => a.action === "debug-dump" && a.outcome === "done"),
  );
  view.set({ physicalPercent: 50, allocatedPercent: 50 });
  await level("physical", "normal");
  view.set({ physicalPercent: 92, allocatedPercent: 50 });
  await level("physical", "warning");
  view.set({ physicalPercent: 97, allocatedPercent: 50 });
  await core.arrival();
  await agent.ended;
  const live = agent.log("decisions.log");
  expect(live).toContain("crash-dump: run");
  expect(live).toContain("debug-dump: skip (cool-down)");

  const log = join(home, "logs/monitor.log");
  const words = ["replay", log, "--home", home, "--overcommit-mode", "2"];
  const first = await run([...words, "--expect", join(home, "logs/decisions.log")]);
  expect(first).toMatchObject({ exitCode: 0, stderr: "" });
  expect(`${rows(first.stdout).join("\n")}\n`).toBe(live);
  expect((await run(words)).stdout).toBe(first.stdout);
});

/** Made-up lines of our own tool, one a second. */
function monitorLog(...percents: number[]): string {
  return percents
    .map((percent, second) => {
      const time = `2026-11-23T10:00:${String(second).padStart(2, "0")}.000+00:00`;
      return `${time} [MONITOR VERBOSE] [INFO] Physical Memory Usage ${percent * 100} KB/10000 KB(${percent}%) is within 90% of MemTotal\n`;
    })
    .join("");
}

describe("replay", () => {
  const recording = (text: string) => {
    const path = join(scene.dir(), "recording");
    writeFileSync(path, text);
    return path;
  };
  const home = () => join(scene.dir(), "home");

  test("judges our own log by the configuration in force, and by another with --config", async () => {
    const path = recording(monitorLog(50, 80, 91, 50));
    const byDefault = await run(["replay", path, "--home", home()]);
    expect(rows(byDefault.stdout)).toEqual([
      "2026-11-23T10:00:00.000+00:00  physical   normal            -                 nothing to do",
      "2026-11-23T10:00:02.000+00:00  physical   normal>warning    warning_phy       debug-dump: run",
      "2026-11-23T10:00:02.000+00:00  physical   normal>warning    warning_phy       evidence: run",
    ]);
    const other = join(scene.dir(), "other.toml");
    writeFileSync(other, "[physical]\nwarning_percent = 60\ncritical_percent = 80\n");
    const byOther = await run(["replay", path, "--config", other]);
    expect(rows(byOther.stdout).at(1)).toBe(
      "2026-11-23T10:00:01.000+00:00  physical   normal>critical   crit_phy          crash-dump: run",
    );
  });

  test("obeys the verdicts of the original tool's log", async () => {
    const path = recording(
      "Tue Jan 13 13:35:58 CET 2026 [MONITOR] [CRIT] Physical Memory Usage 14078960 KB/55521920 KB(25%) exceeded 24% of MemTotal\n",
    );
    const { stdout } = await run(["replay", path, "--home", home()]);
    expect(rows(stdout)).toEqual([
      "2026-01-13T12:35:58.000+00:00  physical   critical          crit_phy          crash-dump: run",
    ]);
    const judged = await run(["replay", path, "--home", home(), "--limits", "config"]);
    expect(rows(judged.stdout)[0]).toContain("nothing to do");
  });

  test("shows allocated as advisory unless the overcommit mode is 2", async () => {
    const path = recording(
      monitorLog(91).replace("Physical Memory Usage", "Committed_AS").replace("MemTotal", "CommitLimit"),
    );
    const strict = await run(["replay", path, "--home", home(), "--overcommit-mode", "2"]);
    expect(rows(strict.stdout)[0]).toContain("debug-dump: run");
    const heuristic = await run(["replay", path, "--home", home(), "--overcommit-mode", "0"]);
    expect(rows(heuristic.stdout)[0]).toContain("debug-dump: skip (advisory)");
    expect(heuristic.stdout).toContain("vm.overcommit_memory 0 (as given)");
  });

  test("exits 1 and shows the first row that differs from --expect", async () => {
    const path = recording(monitorLog(50, 91));
    const table = join(scene.dir(), "table");
    writeFileSync(table, (await run(["replay", path, "--home", home()])).stdout);
    expect((await run(["replay", path, "--home", home(), "--expect", table])).exitCode).toBe(0);
    writeFileSync(table, readFileSync(table, "utf8").replace("debug-dump: run", "crash-dump: run"));
    const { exitCode, stderr } = await run(["replay", path, "--home", home(), "--expect", table]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("row 2 differs");
    expect(stderr).toContain(
      "+ 2026-11-23T10:00:01.000+00:00 physical normal>warning warning_phy debug-dump: run",
    );
  });

  test("reads a history.db", async () => {
    mkdirSync(home(), { recursive: true });
    const { openHistory } = await import("../../src/record/history.ts");
    const limits = { warningPercent: 90, criticalPercent: 95 };
    let atMs = Date.UTC(2026, 10, 23, 10);
    const history = openHistory({
      path: join(home(), "history.db"),
      meta: { version: "0", hostname: "h", timeZone: "UTC", limits: { physical: limits, allocated: limits } },
      retention: { ageMs: 1e12, bytesMax: 1e9 },
      onProblem: (text) => expect.unreachable(text),
      clock: clockOf(() => atMs),
    });
    for (const percent of [50, 91, 96]) {
      history.recordTick({
        host: {
          atMs,
          memUsedKib: percent * 100,
          memTotalKib: 10_000,
          committedKib: 1,
          commitLimitKib: 100,
          overcommitMode: 0,
        },
        processes: [],
      });
      atMs += 1000;
    }
    history.close();
    const { stdout } = await run(["replay", join(home(), "history.db"), "--home", home()]);
    expect(rows(stdout).map((row) => row.split(/ {2,}/).slice(2).join(" | "))).toEqual([
      "normal | - | nothing to do",
      "normal | - | nothing to do",
      "normal>warning | warning_phy | debug-dump: run",
      "normal>warning | warning_phy | evidence: run",
      "warning>critical | crit_phy | crash-dump: run",
    ]);
    expect(stdout).toContain("vm.overcommit_memory 0 (as recorded)");
  });

  test("refuses what is no recording with exit 2", async () => {
    const { exitCode, stderr } = await run(["replay", recording("hello\n")]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2 });
    expect(stderr).toContain("holds no reading");
  });
});
