import { describe, expect, test } from "bun:test";
import type { Status } from "../../src/core/status.ts";
import { type PluginState, pluginResult, pluginUnknown } from "../../src/metrics/plugin-line.ts";
import { foreseen, physicalAt, recordedStatus } from "./recorded.ts";

function resultOf(change: Partial<Status>, afterMs = 400) {
  const status = recordedStatus(change);
  return pluginResult(status, Date.parse(status.updated) + afterMs);
}

test("a healthy host is OK, with what is used and its performance data", () => {
  const { state, line } = resultOf({});
  expect(state).toBe("OK");
  expect(line).toBe(
    "NSOMEM OK: physical 6.9 % of 23.5 GiB (host); allocated 32.4 % of 11.8 GiB (host), not enforced | physical=1750491136B;22748457369;24012260556;0;25276063744 allocated=4099338240B;11374228684;12006130278;0;12638031872 age=0.4s;;90;0 tool_restarts=0c malformed_lines=0c",
  );
});

const tool = recordedStatus().tool;
const blind = { since: "x", age_ms: 4000, reason: "EIO", last: {} };
const allocated = recordedStatus().memory.allocated;
const changes: [what: string, state: PluginState, change: Partial<Status>, said: string][] = [
  ["89.9 %", "OK", { memory: physicalAt(89.9) }, "physical 89.9 %"],
  ["90 %", "WARNING", { memory: physicalAt(90) }, "is warning"],
  ["95 %", "CRITICAL", { memory: physicalAt(95) }, "physical 95.0 % of 23.5 GiB (host) is critical"],
  [
    "critical committed memory that is not enforced",
    "OK",
    { memory: allocated ? { allocated: { ...allocated, level: "critical" } } : {} },
    "not enforced",
  ],
  ["an agent that cannot measure", "CRITICAL", { memory: {}, blind }, "memory cannot be measured: EIO"],
  ["an agent that has ended", "CRITICAL", { running: false }, "no agent runs since 2026-11-28T23:10:21"],
  ["a tool that is restarted", "WARNING", { tool: { ...tool, state: "restarting", restarts: 7 } }, "7 times"],
  ["one problem", "WARNING", { problems: ["the history is full"] }, "WARNING: the history is full; physical"],
  ["several problems", "WARNING", { problems: ["a", "b", "c"] }, "a (and 2 more, see nsomem status)"],
  [
    "a forecast within the hour",
    "WARNING",
    { memory: physicalAt(80, { forecast: foreseen }) },
    "physical critical within about 40 min",
  ],
  [
    "a forecast for later",
    "OK",
    { memory: physicalAt(80, { forecast: { ...foreseen, critical_within_seconds: 3600 } }) },
    "physical 80.0 %",
  ],
  ["an NSO that does not run", "OK", { nso: null }, "NSO is not running"],
];

test.each(changes)("%s is %s", (_, state, change, said) => {
  const result = resultOf(change);
  expect(result.state).toBe(state);
  expect(result.line).toStartWith(`NSOMEM ${state}: `);
  expect(result.line).toContain(said);
});

test("an agent that wrote nothing for 90 s is late, a moment more is critical", () => {
  expect(resultOf({}, 90_000).state).toBe("OK");
  const { state, line } = resultOf({}, 90_001);
  expect(state).toBe("CRITICAL");
  expect(line).toContain("is silent for 1 min 30 s");
});

describe("the line", () => {
  test("says the worst first", () => {
    expect(resultOf({ memory: physicalAt(96), problems: ["x"], nso: null }).line).toMatch(
      /^NSOMEM CRITICAL: physical 96\.0 % .*; x; /,
    );
  });

  test("has one bar and no second line, whatever a text holds, and fits into NRPE's 1,024 bytes", () => {
    const hostile = "a|b\nc\x1b[2J ".repeat(100);
    const { line } = resultOf({
      memory: physicalAt(96, { ceiling: hostile, forecast: { ...foreseen, text: hostile } }),
      problems: [hostile, hostile],
      tool: { ...tool, state: "restarting", restarts: 10 ** 9 },
    });
    expect(line.match(/\|/g)).toHaveLength(1);
    expect(line).not.toContain("\n");
    expect(line).not.toContain("\x1b");
    expect(Buffer.byteLength(line)).toBeLessThan(1024);
    expect(pluginUnknown(hostile).line).not.toMatch(/[|\n\x1b]/);
  });

  test("has performance data in the form of the guidelines", () => {
    const { line } = resultOf({ memory: physicalAt(80, { forecast: foreseen }) });
    const [, data = ""] = line.split(" | ");
    for (const one of data.split(" "))
      expect(one).toMatch(/^\w+=-?[\d.]+(?:B|s|c)?(?:;[\d.:]*(?:;[\d.:]*(?:;[\d.]*(?:;[\d.]*)?)?)?)?$/);
    expect(data).toContain("physical_critical_in=2400s;3600:;;0");
  });
});
