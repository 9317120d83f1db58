import { afterEach, beforeEach, expect, test } from "bun:test";
import { parseConfig } from "../../src/core/config.ts";
import { hostClock } from "../../src/linux/host-clock.ts";
import { createMeter } from "../../src/linux/meter.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";
import { type MadeUpProc, makeProc } from "../tool/plot/made-up-proc.ts";

let made: MadeUpProc;
beforeEach(() => {
  made = makeProc();
});
afterEach(() => made.remove());

/** The wait beside memory that is far from its limit, and a commit charge just below its own. */
function waitMs(mode: string, enforce: "strict" | "always" | "never"): number {
  made.setMeminfo({ total: 1024 ** 3, available: 1024 ** 3, committed: 449_000, commitLimit: 500_000 });
  made.write("sys/vm/overcommit_memory", `${mode}\n`);
  const parsed = parseConfig({ allocated: { enforce } }, actionKinds);
  if (!("config" in parsed)) throw new Error(JSON.stringify(parsed));
  const { config } = parsed;
  const meter = createMeter({ procDir: made.proc, cgroupDir: made.cgroup }, hostClock);
  return meter.waitMs(meter.measure(config), config);
}

test("a commit limit that is in force hastens the next look", () => {
  expect(waitMs("2", "strict")).toBe(20);
  expect(waitMs("0", "always")).toBe(20);
});

test("one that is not, or that nothing is done about, does not", () => {
  for (const mode of ["0", "1"]) expect(waitMs(mode, "strict")).toBe(1000);
  expect(waitMs("2", "never")).toBe(1000);
});
