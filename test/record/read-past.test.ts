import { expect, test } from "bun:test";
import { join } from "node:path";
import { takeUpPast } from "../../src/agent/past.ts";
import { defaultConfig } from "../../src/core/config.ts";
import { growerOf } from "../../src/core/forecast-text.ts";
import { createForecasters, createLevels } from "../../src/core/levels.ts";
import { createUseWindow } from "../../src/core/use-window.ts";
import { readPast } from "../../src/record/read-past.ts";
import { meta } from "../report/sample.ts";
import { inDirectory, openSample, startMs, tick } from "./sample-ticks.ts";

const minuteMs = 60_000;
const limitKib = 20_000_000;
const leakKib = (minute: number) => 17_000_000 + 12_000 * minute;
const cgroup = "cgroup:/nso";

/** 100 min of a leak of a Python VM, a tick each half minute; in a cgroup where one is named. */
function leaking(minute: number, ceiling?: string) {
  const vm = (name: string, pid: number, rssKib: number) => ({
    group: "pythonvm" as const,
    name,
    pid,
    rssKib,
  });
  const { host, processes } = tick(startMs + minute * minuteMs, [
    {},
    vm("calm", 21, 400_000),
    vm("l3vpn", minute < 20 ? 22 : 23, leakKib(minute) - 16_000_000),
  ]);
  const use = { usedKib: leakKib(minute), limitKib };
  return {
    host: { ...host, ...(ceiling ? { binding: { name: ceiling, ...use } } : { memUsedKib: use.usedKib }) },
    processes,
  };
}

async function afterLeak(ceiling: string | undefined, work: (path: string) => void): Promise<void> {
  await inDirectory((dir) => {
    const path = join(dir, "history.db");
    const { history } = openSample(path);
    for (let minute = 0; minute < 100; minute += 0.5) history.recordTick(leaking(minute, ceiling));
    history.close();
    work(path);
  });
}

const nowMs = startMs + 100.5 * minuteMs;

test.each([["the host", undefined] as const, ["a cgroup", cgroup] as const])(
  "a new agent foresees at once what grew before it under %s, and who",
  async (_, ceiling) => {
    await afterLeak(ceiling, (path) => {
      const forecasters = createForecasters();
      const uses = createUseWindow();
      // Another boot: the clock that nobody sets began 7 s ago.
      takeUpPast(readPast(path, meta, nowMs), { forecasters, uses }, { wallMs: nowMs, monotonicMs: 7000 });
      const levels = createLevels(defaultConfig(), forecasters);
      const usedKib = leakKib(100.5);
      const reading = {
        ...({ kind: "physical", level: "normal", source: "tool", thresholdPercent: 90 } as const),
        ...{ usedKib, limitKib, ceiling: ceiling ?? "host", atMs: nowMs },
      };
      levels.take(reading, defaultConfig(), () => reading, 7000);
      const forecast = levels.forecast("physical");
      expect(forecast?.kibPerMinute).toBeWithin(11_800, 12_200);
      expect((forecast?.inMs ?? 0) / minuteMs).toBeWithin(60, 68);
      uses.take({ atMs: 7000, ceiling: ceiling ?? "host", restKib: 1, processes: [] });
      expect(forecast && growerOf(forecast, uses.growth(forecast.windowMs))).toMatchObject({
        name: "l3vpn",
        pid: 23,
      });
    });
  },
);

test("of another basis nothing is taken up, and of no history nothing", async () => {
  await afterLeak(undefined, (path) => {
    expect(readPast(path, meta, nowMs).minutes.length).toBe(200);
    expect(readPast(path, { ...meta, basis: "free" }, nowMs)).toEqual({ minutes: [], uses: [] });
    expect(readPast(`${path}-none`, meta, nowMs)).toEqual({ minutes: [], uses: [] });
    expect(readPast(path, meta, nowMs + 3 * 86_400_000)).toEqual({ minutes: [], uses: [] });
  });
});

test("huge pages, which the history counts as used, are taken off", async () => {
  await afterLeak(undefined, (path) => {
    const [first] = readPast(path, { ...meta, hugePagesKib: 1_000_000 }, nowMs).minutes;
    expect(first).toMatchObject({ kind: "physical", ceiling: "host", lowKib: 16_000_000 });
  });
});
