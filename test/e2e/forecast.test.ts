/** Who grows, what is none of NSO's, and what a running agent foresees. */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostClock } from "../../src/linux/host-clock.ts";
import { openHistory } from "../../src/record/history.ts";
import { resolvePaths } from "../../src/record/paths.ts";
import { readHistory } from "../../src/record/read-history.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import { meta } from "../report/sample.ts";
import { nsomem } from "./binary.ts";
import { createKernelView, kernelViewMissing, memTotalKib } from "./kernel-view.ts";
import { createScene } from "./scene.ts";

const scene = createScene();
const lacking = nativeMissing ?? kernelViewMissing();

testUnless(
  lacking,
  "the status has what is none of NSO's beside its processes, and no forecast yet",
  async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const view = createKernelView(`${scene.dir()}/kernel`);
    const agent = scene.agent({ prefix: view.prefix, words: ["--pid", String(core.pid)] });
    const status = await agent.statusWhen(
      "the first sample",
      ({ everything_else_kib, growth }) => (everything_else_kib ?? 0) > 0 && growth !== null,
    );
    const held = status.processes.reduce((sum, { rss_kib }) => sum + rss_kib, 0);
    const used = status.memory.physical?.used_kib ?? 0;
    expect(Math.abs(used - held - (status.everything_else_kib ?? 0))).toBeLessThan(used / 10);
    expect(status.growth?.map(({ group }) => group).sort()).toEqual(["core", "rest"]);
    expect(status.memory.physical?.forecast).toBeNull();
    const page = Bun.spawnSync([nsomem, "status", "--home", agent.home]).stdout.toString();
    expect(page).toContain("everything else on the host");
  },
);

testUnless(
  lacking,
  "after a restart it foresees what grew before, says who, and a rule with within runs its action once",
  async () => {
    const core = scene.keep(await startCore({ cwd: scene.dir() }));
    const view = createKernelView(`${scene.dir()}/kernel`);
    const home = join(scene.dir(), "home");
    const percentAt = (minute: number) => 70 + 0.2 * minute;
    writeLeak(home, { percentAt, totalKib: memTotalKib });
    view.set({ physicalPercent: percentAt(100) });
    const page = join(scene.dir(), "page");
    writeFileSync(page, '#!/bin/sh\necho "$NSOMEM_RULE $NSOMEM_LEVEL" >> ../../paged\n', { mode: 0o755 });
    const agent = scene.agent({
      home,
      prefix: view.prefix,
      words: ["--pid", String(core.pid)],
      config: `[physical]\nwarning_percent = 94\n[[rule]]\nname = "soon"\nkind = "physical"\nwithin = "30m"\nactions = ["run:${page}"]\n`,
    });
    const status = await agent.statusWhen("the forecast", ({ memory, actions }) =>
      Boolean(memory.physical?.forecast && actions.some(({ outcome }) => outcome === "done")),
    );
    const { forecast } = status.memory.physical ?? {};
    expect(forecast?.critical_within_seconds).toBeWithin(20 * 60, 28 * 60);
    expect(forecast?.grower).toMatchObject({ group: "pythonvm", name: "l3vpn" });
    expect(forecast?.text).toEndWith("MiB/min, Python VM l3vpn grows");
    expect(status.actions.map(({ rule, level }) => `${rule} ${level}`)).toEqual(["soon normal"]);
    expect(agent.log("action.log")).toContain("physical memory: critical within about");
    expect(agent.log("decisions.log")).toMatch(/physical +normal +soon +run:.*: run/);
    const shown = Bun.spawnSync([nsomem, "status", "--home", agent.home]).stdout.toString();
    expect(shown).toContain(forecast?.text ?? "no forecast");
    await agent.stop();
    const { events } = readHistory(resolvePaths({ home }).history, { sinceMs: 0 });
    expect(events.filter(({ type }) => type === "forecast").map(({ text }) => text)).toHaveLength(1);
  },
);

/** As an earlier agent recorded it: 100 min in which l3vpn took what memory lost. */
function writeLeak(
  home: string,
  { percentAt, totalKib }: { percentAt: (minute: number) => number; totalKib: number },
): void {
  const { history: path, state } = resolvePaths({ home });
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const nowMs = Date.now();
  const history = openHistory({
    path,
    meta: { ...meta, hugePagesKib: 0 },
    retention: { ageMs: 86_400_000, bytesMax: 1e9 },
    onProblem: (text) => expect.unreachable(text),
    clock: hostClock,
  });
  for (let minute = 0; minute < 100; minute += 0.5) {
    const atMs = nowMs - (100 - minute) * 60_000;
    const memUsedKib = Math.round((totalKib * percentAt(minute)) / 100);
    const vm = { group: "pythonvm" as const, name: "l3vpn", pid: 4242, allocatedKib: 1, children: [], atMs };
    history.recordTick({
      host: {
        atMs,
        memUsedKib,
        memTotalKib: totalKib,
        committedKib: 1,
        commitLimitKib: 10,
        overcommitMode: 0,
      },
      processes: [{ ...vm, rssKib: memUsedKib - Math.round(totalKib / 2) }],
    });
  }
  history.close();
}
