import { expect, test } from "bun:test";
import { parseConfig } from "../../src/core/config.ts";
import type { ReplayStep } from "../../src/core/recorded-readings.ts";
import { replay } from "../../src/core/replay.ts";
import { actionKinds } from "../../src/rescue/action-kinds.ts";

test("a rule about a forecast fires in a replay too, once, and over a start of the agent", () => {
  const parsed = parseConfig(
    { rule: [{ name: "soon", kind: "physical", within: "30m", actions: ["debug-dump"] }] },
    actionKinds,
  );
  if (!("config" in parsed)) throw new Error("refused");
  const startMs = Date.parse("2026-01-13T12:00:00Z");
  const steps: ReplayStep[] = [];
  for (let minute = 0; minute < 130; minute += 0.5) {
    if (minute === 100) steps.push({ step: "start" });
    // Critical after 150 min.
    const usedKib = 80_000 + 100 * minute;
    const level = usedKib >= 90_000 ? "warning" : "normal";
    const reading = {
      ...({ kind: "physical", level, thresholdPercent: 90, ceiling: "host", source: "tool" } as const),
      ...{ usedKib, limitKib: 100_000, atMs: startMs + minute * 60_000 },
    };
    steps.push({ step: "reading", reading });
  }
  const { rows } = replay(steps, parsed.config, { overcommitMode: 0, kinds: actionKinds });
  const soon = rows.filter((row) => row.includes(" soon "));
  expect(soon).toHaveLength(1);
  expect(soon[0]).toMatch(
    /^2026-01-13T1[34]:\d\d:\d\d\S* +physical +warning +soon +debug-dump: (run|skip \(cool-down\))$/,
  );
});
