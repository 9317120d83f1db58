import { describe, expect, test } from "bun:test";
import type { ActionStatus, Status } from "../../src/core/status.ts";
import { colours } from "../../src/ui/colour.ts";
import { statusLine } from "../../src/ui/status-line.ts";

const memory = {
  used_kib: 22_463_000,
  limit_kib: 24_684_096,
  warning_percent: 90,
  critical_percent: 95,
  ceiling: "host",
};
const status: Status = {
  schema: 1,
  running: true,
  pid: 1,
  since: "2026-11-23T13:09:51.120+00:00",
  updated: "2026-11-23T13:09:51.120+00:00",
  version: "1",
  overcommit_mode: 0,
  dry_run: false,
  nso: { pid: 8571, name: "ncs.smp", conffile: null },
  memory: {
    physical: { ...memory, level: "warning", percent: 91, enforced: true },
    allocated: { ...memory, level: "critical", percent: 97.2, enforced: false },
  },
  processes: [{ group: "core", name: "ncs.smp", pid: 8571, rss_kib: 2_097_152, allocated_kib: 0 }],
  configuration: { file: null, loaded: "2026-11-23T13:09:51.120+00:00", last_reload: null },
  tool: { state: "running", pid: 2, restarts: 0, malformed_lines: 0, source: "tool" },
  actions: [],
  problems: [],
};

const wide = { colour: colours(false), columns: 200 };

describe("the status line", () => {
  test("names the limit where huge pages are no part of it, and no cgroup", () => {
    const under = (ceiling: string) =>
      statusLine(
        {
          ...status,
          memory: { physical: { ...memory, ceiling, level: "warning", percent: 91, enforced: true } },
        },
        wide,
      );
    expect(under("MemTotal-Hugetlb")).toContain("91.0% WARNING of MemTotal-Hugetlb");
    expect(under("cgroup:/nso")).not.toContain("cgroup");
  });

  test("has the forecast in its short form right after memory", () => {
    const forecast = {
      ...{ critical_within_seconds: 700, kib_per_minute: 1, window_seconds: 1, grower: null, text: "" },
    };
    const physical = { ...memory, level: "warning", percent: 91, enforced: true, forecast } as const;
    expect(statusLine({ ...status, memory: { physical } }, wide)).toContain(
      "91.0% WARNING │ critical <12 min │ NSO 8571",
    );
  });

  test("says what cannot be measured", () => {
    const { physical } = status.memory;
    const line = statusLine(
      { ...status, memory: physical ? { physical } : {}, unknown: { allocated: "why" } },
      wide,
    );
    expect(line).toContain("commit unknown");
    expect(statusLine({ ...status, memory: {} }, wide)).not.toContain("unknown");
  });

  test("says the level in words, beside the colour", () => {
    const line = statusLine(status, { colour: colours(false), columns: 200 });
    expect(line).toContain("mem ███████░ 91.0% WARNING");
    expect(line).toContain("NSO 8571");
    expect(line).toContain("core 2.0 GiB");
  });

  test("an allocated level that is not enforced is advisory, not an alarm", () => {
    const line = statusLine(status, { colour: colours(false), columns: 200 });
    expect(line).toContain("97.2% advisory");
    expect(line).not.toContain("CRITICAL");
  });

  test.each([200, 80, 60, 40, 27, 10, 1])("fits a terminal of %d columns", (columns) => {
    for (const colour of [colours(true), colours(false)]) {
      const line = statusLine(status, { colour, columns });
      expect(Bun.stringWidth(line)).toBeLessThan(columns);
      expect(line).not.toContain("\n");
    }
  });

  const running: ActionStatus = {
    ...{ at: status.since, kind: "physical", level: "critical", rule: "crit_phy", incident: null, files: [] },
    ...{ action: "crash-dump", outcome: "running", message: "408 MiB written after 15 s" },
  };

  test("at 80 columns the level, the running action and a dry run come before advisory bars", () => {
    const at = (more: Partial<Status>) =>
      statusLine({ ...status, ...more }, { colour: colours(false), columns: 80 });
    expect(at({ actions: [running] })).toBe(
      "mem ███████░ 91.0% WARNING │ DUMPING: 408 MiB written after 15 s │ NSO 8571",
    );
    expect(at({ dry_run: true })).toBe("mem ███████░ 91.0% WARNING │ dry run │ NSO 8571 │ core 2.0 GiB");
  });

  test("at 40 columns too: the level in words, the running action, a dry run", () => {
    const at = (more: Partial<Status>) =>
      statusLine({ ...status, ...more }, { colour: colours(false), columns: 40 });
    expect(at({ actions: [running] })).toBe("mem 91.0% WARNING │ DUMPING │ NSO 8571");
    expect(at({ dry_run: true })).toBe("mem 91.0% WARNING │ dry run │ NSO 8571");
    expect(at({ actions: [{ ...running, action: "debug-dump" }] })).toBe("mem 91.0% WARNING │ debug-dump");
  });

  test("a part that does not fit gives way to a shorter one that matters less", () => {
    const blind = { since: status.since, age_ms: 5000, reason: "why", last: {} };
    const line = statusLine({ ...status, blind, memory: {} }, { colour: colours(false), columns: 44 });
    expect(line).toBe("memory NOT MEASURED for 5 s │ NSO 8571");
  });

  test("a core that is down and a tool that is away are said", () => {
    const down: Status = { ...status, nso: null, tool: { ...status.tool, source: "in-process" } };
    const line = statusLine(down, { colour: colours(false), columns: 200 });
    expect(line).toContain("NSO down");
    expect(line).toContain("tool away");
  });
});
