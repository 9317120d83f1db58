import { expect, test } from "bun:test";
import type { Status } from "../../src/core/status.ts";
import { colours } from "../../src/ui/colour.ts";
import { statusPage } from "../../src/ui/status-page.ts";

const updated = "2026-11-23T13:09:51.120+00:00";
const status: Status = {
  schema: 1,
  running: true,
  pid: 1,
  since: updated,
  updated,
  version: "1",
  overcommit_mode: 0,
  dry_run: false,
  nso: null,
  memory: {
    physical: {
      level: "warning",
      used_kib: 15_938_355,
      limit_kib: 16_777_216,
      percent: 95,
      warning_percent: 90,
      critical_percent: 95,
      ceiling: "MemTotal-Hugetlb",
      enforced: true,
    },
  },
  processes: [],
  configuration: { file: null, loaded: updated, last_reload: null },
  tool: { state: "running", pid: 2, restarts: 0, malformed_lines: 0, source: "tool" },
  actions: [],
  problems: [],
};
const page = (more: Partial<Status>) =>
  statusPage({ ...status, ...more }, colours(false), Date.parse(updated)).split("\n");

test("the ceiling is named where it is not all of MemTotal", () => {
  expect(page({}).find((line) => line.startsWith("physical"))).toContain(", ceiling MemTotal-Hugetlb)");
});

test("what cannot be measured is unknown, with the reason, and what was not yet measured is not", () => {
  const unknown = { allocated: "no CommitLimit", cgroup: "NSO's cgroup /../nso cannot be seen" };
  expect(page({ unknown })).toContain("committed  unknown: no CommitLimit");
  expect(page({ unknown })).toContain(
    "cgroup     unknown: NSO's cgroup /../nso cannot be seen; the host's memory is used",
  );
  expect(page({})).toContain("committed  not measured yet");
  expect(page({ memory: {}, unknown: { physical: "no MemTotal" } })).toContain(
    "physical   unknown: no MemTotal",
  );
});

test("who grew by a MiB or more is named, with what is none of NSO's and the forecast", () => {
  const { physical } = status.memory;
  if (!physical) throw new Error("no physical memory");
  const growth = (name: string, grewKib: number) =>
    ({ group: "pythonvm", name, pid: 1, now_kib: 1, grew_kib: grewKib, over_seconds: 300 }) as const;
  const text = "critical within about 40 min at +12.0 MiB/min, Python VM l3vpn grows";
  const forecast = {
    ...{ critical_within_seconds: 2345, kib_per_minute: 12_288, window_seconds: 720, text },
    grower: { group: "pythonvm", name: "l3vpn", pid: 1 } as const,
  };
  const shown = page({
    memory: { physical: { ...physical, ceiling: "cgroup:/nso", forecast } },
    processes: [{ group: "pythonvm", name: "l3vpn", pid: 1, rss_kib: 2048, allocated_kib: 1 }],
    everything_else_kib: 1_048_576,
    growth: [growth("l3vpn", 61_440), growth("calm", 1023)],
  });
  expect(shown).toContain(`${" ".repeat(11)}${text}`);
  expect(shown).toContain("grew most: Python VM l3vpn by 60.0 MiB in 5 min 0 s");
  expect(shown.find((line) => line.startsWith("everything else in the cgroup"))).toEndWith(" 1.0 GiB");
  expect(page({ everything_else_kib: null, growth: null }).join()).not.toMatch(/everything else|grew most/);
});
