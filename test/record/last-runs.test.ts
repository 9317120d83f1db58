import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createLane } from "../../src/record/lane.ts";
import { openLastRuns } from "../../src/record/last-runs.ts";
import { type FakeClock, fakeClock } from "../fake-clock.ts";

const minute = 60_000;
const day = 86_400_000;
let dir: string;
let path: string;
let clock: FakeClock;
let uptimeMs: number;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "last-runs-"));
  path = join(dir, "state", "last-runs.json");
  clock = fakeClock();
  mkdirSync(join(dir, "sys/kernel/random"), { recursive: true });
  boot("one", 3 * day);
});
afterEach(() => rmSync(dir, { recursive: true }));

/** What /proc says of the boot; `dir` is the test's. */
function boot(id: string, upMs: number): void {
  uptimeMs = upMs;
  writeFileSync(join(dir, "sys/kernel/random/boot_id"), `${id}\n`);
  writeFileSync(join(dir, "uptime"), `${upMs / 1000} 1.00\n`);
}
function pass(ms: number): void {
  clock.pass(ms);
  boot(readFileSync(join(dir, "sys/kernel/random/boot_id"), "utf8").trim(), uptimeMs + ms);
}
const open = () => openLastRuns(path, { lane: createLane(), clock, procDir: dir });
/** How long ago each action ran, as an agent finds it that starts now: its monotonic clock begins anew. */
function agesAfterRestart(): Record<string, number> {
  const ages = Object.entries(open().all()).map(([key, at]) => [key, clock.monotonicMs() - at] as const);
  return Object.fromEntries(ages);
}
async function ranNow(...keys: string[]): Promise<void> {
  const runs = open();
  for (const key of keys) runs.set(key, clock.monotonicMs());
  expect(await runs.settle(5000)).toBe(true);
}
/** What an earlier version left. */
function left(document: unknown): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, typeof document === "string" ? document : JSON.stringify(document), { mode: 0o600 });
}

test("a run is remembered over a restart, and a forgotten one is not", async () => {
  const runs = open();
  runs.set("physical/debug-dump", clock.monotonicMs());
  runs.set("physical/crash-dump", clock.monotonicMs());
  runs.forget("physical/crash-dump");
  expect(await runs.settle(5000)).toBe(true);
  pass(3 * minute);
  expect(agesAfterRestart()).toEqual({ "physical/debug-dump": 3 * minute });
});

describe("a clock that was set between two agents", () => {
  for (const step of [-day, day, -400 * day])
    test(`by ${step / day} d changes no age`, async () => {
      await ranNow("physical/crash-dump");
      pass(4 * minute);
      clock.set(step);
      expect(agesAfterRestart()).toEqual({ "physical/crash-dump": 4 * minute });
    });
});

describe("after another boot", () => {
  test("it is as long ago as the time of day says", async () => {
    await ranNow("physical/crash-dump");
    clock.pass(7 * minute);
    boot("two", minute);
    expect(agesAfterRestart()).toEqual({ "physical/crash-dump": 7 * minute });
  });

  test("it is before that boot, whatever the time of day says", async () => {
    await ranNow("physical/crash-dump");
    clock.set(-day);
    boot("two", 11 * minute);
    expect(agesAfterRestart()).toEqual({ "physical/crash-dump": 11 * minute });
  });
});

test("the file of an older version is understood; one of a time to come silences nothing", () => {
  left({ "physical/debug-dump": clock.wallMs() - minute, "physical/crash-dump": clock.wallMs() + minute });
  expect(agesAfterRestart()).toEqual({ "physical/debug-dump": minute });
});

test("a damaged file reads as none ever ran", () => {
  left('{"physical/debug-dump": "yesterday", "x": 1');
  expect(agesAfterRestart()).toEqual({});
  left({ "physical/debug-dump": "yesterday", x: { at: "never", boot_id: 1 }, y: clock.wallMs() });
  expect(agesAfterRestart()).toEqual({ y: 0 });
});
