import { describe, expect, test } from "bun:test";
import type { Status } from "../../src/core/status.ts";
import { familiesOf } from "../../src/metrics/families.ts";
import { otherVms, vmsMax } from "../../src/metrics/process-families.ts";
import type { Snapshot } from "../../src/metrics/snapshot.ts";
import { foreseen, physicalAt, pythonVm, recordedStatus, snapshotOf } from "./recorded.ts";

function samplesOf(name: string, status: Status, change: Partial<Snapshot> = {}) {
  return familiesOf(snapshotOf(status, change)).find((family) => family.name === name)?.samples;
}

function seriesOf(status: Status): number {
  return familiesOf(snapshotOf(status)).reduce((all, { samples }) => all + samples.length, 0);
}

describe("memory", () => {
  const labels = { kind: "physical", ceiling: "host" };

  test("is in bytes, by kind and by the ceiling that binds", () => {
    const status = recordedStatus();
    expect(samplesOf("nsomem_memory_used_bytes", status)).toEqual([
      { labels, value: 1_709_464 * 1024 },
      { labels: { kind: "allocated", ceiling: "host" }, value: 4_003_260 * 1024 },
    ]);
    expect(samplesOf("nsomem_memory_limit_bytes", status)?.[0]?.value).toBe(24_683_656 * 1024);
    expect(samplesOf("nsomem_memory_threshold_ratio", status)?.[0]).toEqual({
      labels: { ...labels, level: "warning" },
      value: 0.9,
    });
  });

  test.each([
    [89.9, 0],
    [90, 1],
    [94.9, 1],
    [95, 2],
  ])("at %d %% has level %d", (percent, value) => {
    const status = recordedStatus({ memory: physicalAt(percent) });
    expect(samplesOf("nsomem_memory_level", status)?.[0]).toEqual({ labels, value });
  });

  test("that is not enforced says so", () => {
    const status = recordedStatus();
    expect(samplesOf("nsomem_memory_enforced", status)?.map(({ value }) => value)).toEqual([1, 0]);
  });

  test("has a forecast where there is one, and no series where there is none", () => {
    const status = recordedStatus({ memory: physicalAt(80, { forecast: foreseen }) });
    expect(samplesOf("nsomem_memory_forecast_critical_seconds", status)).toEqual([{ labels, value: 2400 }]);
    expect(samplesOf("nsomem_memory_forecast_growth_bytes_per_second", status)?.[0]?.value).toBe(
      (12_288 * 1024) / 60,
    );
    expect(samplesOf("nsomem_memory_forecast_critical_seconds", recordedStatus())).toBeUndefined();
  });

  test("that cannot be measured has no value, but the level that was last known", () => {
    const last = { physical: { level: "critical", percent: 96, at: "x" } } as const;
    const status = recordedStatus({
      memory: {},
      blind: { since: "x", age_ms: 4000, reason: "EIO", last },
    });
    expect(samplesOf("nsomem_memory_used_bytes", status)).toBeUndefined();
    expect(samplesOf("nsomem_blind", status)?.[0]?.value).toBe(1);
    expect(samplesOf("nsomem_blind_last_level", status)).toEqual([
      { labels: { kind: "physical" }, value: 2 },
    ]);
    expect(samplesOf("nsomem_blind", recordedStatus())?.[0]?.value).toBe(0);
    const { blind: _, ...older } = recordedStatus();
    expect(samplesOf("nsomem_blind", older)).toBeUndefined();
  });
});

describe("an agent", () => {
  test("that does not run is down, says when it last wrote, and nothing of memory", () => {
    const names = (status: Status | undefined) =>
      familiesOf({ isRunning: false, status, nowMs: 0 }).map(({ name }) => name);
    expect(names(undefined)).toEqual(["nsomem_build_info", "nsomem_up"]);
    expect(names(recordedStatus())).toEqual([
      "nsomem_build_info",
      "nsomem_up",
      "nsomem_last_tick_timestamp_seconds",
      "nsomem_last_tick_age_seconds",
    ]);
  });

  test("that hangs is up, and the age of its last tick grows", () => {
    const status = recordedStatus();
    const nowMs = Date.parse(status.updated) + 600_000;
    expect(samplesOf("nsomem_up", status, { nowMs })?.[0]?.value).toBe(1);
    expect(samplesOf("nsomem_last_tick_age_seconds", status, { nowMs })?.[0]?.value).toBe(600);
  });

  test("is not younger than now where the clock was set back", () => {
    const nowMs = Date.parse(recordedStatus().updated) - 3_600_000;
    expect(samplesOf("nsomem_last_tick_age_seconds", recordedStatus(), { nowMs })?.[0]?.value).toBe(0);
  });
});

describe("what was done", () => {
  test("is counted by kind and outcome, from 0 on", () => {
    const status = recordedStatus({ action_counts: { "debug-dump": { done: 3, running: 1 } } });
    const samples = samplesOf("nsomem_actions_total", status) ?? [];
    expect(samples).toHaveLength(5 * 4);
    expect(samples.filter(({ value }) => value > 0)).toEqual([
      { labels: { action: "debug-dump", outcome: "done" }, value: 3 },
    ]);
    expect(samplesOf("nsomem_dump_in_progress", status)).toEqual([
      { labels: { dump: "debug-dump" }, value: 1 },
      { labels: { dump: "crash-dump" }, value: 0 },
    ]);
  });

  test("by an older agent is not known", () => {
    const { action_counts: _, ...older } = recordedStatus();
    expect(samplesOf("nsomem_actions_total", older)).toBeUndefined();
  });

  test("is expected of a crash dump by one of three outlooks", () => {
    expect(samplesOf("nsomem_crash_dump_outlook", recordedStatus())).toEqual([
      { labels: { outlook: "good" }, value: 1 },
      { labels: { outlook: "doubtful" }, value: 0 },
      { labels: { outlook: "hopeless" }, value: 0 },
    ]);
    expect(samplesOf("nsomem_crash_dump_outlook", recordedStatus({ crash_dump: null }))).toBeUndefined();
  });
});

describe("the series of a host are bounded", () => {
  const vms = (count: number) =>
    Array.from({ length: count }, (_, index) => pythonVm(`vm-${index}`, 1000 + index));

  // Beside these Prometheus makes five of each target: up, scrape_duration_seconds, ….
  test("67 beside two for each VM, and two more for each kind with a forecast", () => {
    expect(seriesOf(recordedStatus())).toBe(67 + 2 * 4);
    expect(seriesOf(recordedStatus({ memory: physicalAt(80, { forecast: foreseen }) }))).toBe(67 + 2 * 4 + 2);
  });

  test(`${vmsMax} VMs have series of their own, the smaller ones one together`, () => {
    const status = recordedStatus({ processes: vms(500) });
    const samples = samplesOf("nsomem_vm_resident_bytes", status) ?? [];
    expect(samples).toHaveLength(vmsMax + 1);
    expect(samples[0]).toEqual({ labels: { group: "pythonvm", name: "vm-499" }, value: 1499 * 1024 });
    expect(samples.at(-1)?.labels.name).toBe(otherVms);
    const sum = samples.reduce((all, { value }) => all + value, 0);
    expect(sum).toBe(vms(500).reduce((all, { rss_kib }) => all + rss_kib * 1024, 0));
    expect(samplesOf("nsomem_vm_resident_bytes", recordedStatus({ processes: vms(vmsMax) }))).toHaveLength(
      vmsMax,
    );
  });

  test("VMs of one name are one series, and a long name is cut", () => {
    const long = "x".repeat(1000);
    const status = recordedStatus({ processes: [pythonVm("a", 1), pythonVm("a", 2), pythonVm(long, 1)] });
    const [first, second, ...more] = samplesOf("nsomem_vm_resident_bytes", status) ?? [];
    expect(first).toEqual({ labels: { group: "pythonvm", name: "a" }, value: 3 * 1024 });
    expect(second?.labels.name).toHaveLength(80);
    expect(more).toEqual([]);
  });
});
