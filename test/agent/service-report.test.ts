import { describe, expect, test } from "bun:test";
import { createServiceReport } from "../../src/agent/service-report.ts";
import { serviceLine } from "../../src/agent/service-words.ts";
import type { Status } from "../../src/core/status.ts";

type Words = Readonly<Record<string, string | number | bigint>>;

function report(env: Record<string, string> = {}) {
  const told: Words[] = [];
  const state = { nowMs: 0, takes: true };
  const made = createServiceReport({
    manager: {
      tell(words) {
        if (state.takes) told.push(words);
        return state.takes;
      },
    },
    env,
    monotonicMs: () => state.nowMs,
    monotonicUsec: () => 42n,
  });
  return { made, told, state };
}

const memory = (percent: number, level: "normal" | "warning" = "normal") => ({
  ...{ level, percent, used_kib: 1, limit_kib: 2, warning_percent: 90, critical_percent: 95 },
  ...{ ceiling: "host", enforced: true },
});

const status = (change: Partial<Status> = {}): Status =>
  ({
    memory: { physical: memory(50) },
    nso: { pid: 7, name: "ncs.smp", conffile: null },
    actions: [],
    blind: null,
    dry_run: false,
    ...change,
  }) as unknown as Status;

describe("the service manager is told", () => {
  test("of a reload with the time that tells it from an older one", () => {
    const { made, told } = report();
    made.ready();
    made.reloading();
    made.reloaded();
    expect(told).toEqual([{ READY: 1 }, { RELOADING: 1, MONOTONIC_USEC: 42n }, { READY: 1 }]);
  });

  test("what it did not take, in order, at the next look", () => {
    const { made, told, state } = report();
    state.takes = false;
    made.ready();
    made.reloading();
    state.takes = true;
    made.look(true);
    expect(told).toEqual([{ READY: 1 }, { RELOADING: 1, MONOTONIC_USEC: 42n }]);
  });

  test("a percentage each 5 s, a level at once", () => {
    const { made, told, state } = report();
    made.status(status());
    state.nowMs = 1000;
    made.status(status({ memory: { physical: memory(51) } }));
    made.status(status({ memory: { physical: memory(91, "warning") } }));
    state.nowMs = 5999;
    made.status(status({ memory: { physical: memory(92, "warning") } }));
    expect(told).toHaveLength(2);
    state.nowMs = 6000;
    made.status(status({ memory: { physical: memory(92, "warning") } }));
    expect(told.map(({ STATUS }) => String(STATUS).split(";")[0])).toEqual([
      "physical 50.0 % normal",
      "physical 91.0 % warning",
      "physical 92.0 % warning",
    ]);
  });
});

describe("the watchdog", () => {
  const fed = (told: Words[]) => told.filter((words) => "WATCHDOG" in words).length;

  test("is fed each third of its time while memory is seen", () => {
    const { made, told, state } = report({ WATCHDOG_USEC: "3000000" });
    for (state.nowMs = 0; state.nowMs <= 2000; state.nowMs += 250) made.look(true);
    expect(fed(told)).toBe(3);
  });

  test("is not fed while nobody sees memory", () => {
    const { made, told } = report({ WATCHDOG_USEC: "3000000" });
    made.look(false);
    expect(fed(told)).toBe(0);
  });

  test("of another process, or none, gets nothing", () => {
    for (const env of [{}, { WATCHDOG_USEC: "3000000", WATCHDOG_PID: "1" }]) {
      const { made, told } = report(env as Record<string, string>);
      made.look(true);
      expect(fed(told)).toBe(0);
    }
  });
});

describe("the line of status", () => {
  test("has level, percent and the dump in progress", () => {
    const action = { action: "crash-dump", outcome: "running" } as Status["actions"][number];
    const line = serviceLine(
      status({ memory: { physical: memory(96, "warning"), allocated: memory(40) }, actions: [action] }),
    );
    expect(line).toBe("physical 96.0 % warning, committed 40.0 % normal; NSO PID 7; crash dump in progress");
  });

  test("leaves out what is advisory, and says what is not seen", () => {
    const blind = { since: "", age_ms: 1, reason: "no /proc/meminfo", last: {} };
    const allocated = { ...memory(40), enforced: false };
    expect(serviceLine(status({ memory: { allocated }, nso: null }))).toBe(
      "no reading yet; NSO is down, waiting for it",
    );
    expect(serviceLine(status({ blind }))).toBe("memory NOT MEASURED: no /proc/meminfo; NSO PID 7");
  });
});
