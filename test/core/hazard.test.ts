import { describe, expect, test } from "bun:test";
import { daemonHazards, type Surroundings } from "../../src/core/hazard.ts";
import { earlyoomPercent } from "../../src/core/oom-daemon.ts";

const memTotalKib = 10 * 1024 ** 2;
const unit = {
  unit: "ncs.service",
  oomPolicy: "continue",
  stopTimeout: "",
  killMode: "",
  managed: [{ id: "-.slice", by: "ManagedOOMSwap" as const }],
};
const around = (changes: Partial<Surroundings>): Surroundings => ({
  unit,
  daemons: [],
  memTotalKib,
  swapTotalKib: 0,
  ...changes,
});
const earlyoom = (...words: string[]) =>
  ({ name: "earlyoom", pid: 7, argv: ["/usr/bin/earlyoom", ...words] }) as const;
const oomd = { name: "systemd-oomd", pid: 8, argv: [] } as const;

describe("how much may be free when earlyoom acts", () => {
  test.each([
    [[], 10],
    [["-r", "3600"], 10],
    [["-m", "4,2"], 4],
    [["-m4,2"], 4],
    [["-m", "15", "-M", "524288,262144"], 5],
    [["--memory-report", "-m", "x"], 10],
    [["--mem", "3"], 10],
  ])("with %j is %d %%", (words, percent) =>
    expect(earlyoomPercent(["earlyoom", ...words], memTotalKib)).toBe(percent),
  );
});

describe("a daemon that kills before the kernel does", () => {
  test("is none where there is none", () => expect(daemonHazards(around({}), 95)).toEqual([]));

  test("earlyoom with its defaults comes before the crash dump, and the way out comes after it", () => {
    const [hazard, ...more] = daemonHazards(around({ daemons: [earlyoom()] }), 95);
    expect(more).toEqual([]);
    expect(hazard?.found).toContain("earlyoom (PID 7) sends SIGTERM at 10 % free");
    expect(hazard?.mend).toContain("-m 4,2 --avoid '^(ncs|beam)\\.smp$'");
    expect(daemonHazards(around({ daemons: [earlyoom("-m", "4,2")] }), 95)).toEqual([]);
  });

  test("earlyoom at the very limit of critical is one, below it is none", () => {
    expect(daemonHazards(around({ daemons: [earlyoom("-m", "5")] }), 95)).toHaveLength(1);
    expect(daemonHazards(around({ daemons: [earlyoom("-m", "4.9")] }), 95)).toEqual([]);
    expect(daemonHazards(around({ daemons: [earlyoom("-m", "10")] }), 85)).toEqual([]);
  });

  test("systemd-oomd is one where it looks after NSO's unit or a slice above it", () => {
    const managed = [{ id: "system.slice", by: "ManagedOOMMemoryPressure" as const }];
    const [hazard] = daemonHazards(around({ daemons: [oomd], unit: { ...unit, managed } }), 95);
    expect(hazard?.found).toBe(
      "systemd-oomd (PID 8) may kill all of ncs.service (ManagedOOMMemoryPressure=kill in system.slice)",
    );
    expect(hazard?.mend).toBe("set ManagedOOMPreference=omit in ncs.service");
    expect(daemonHazards(around({ daemons: [oomd], unit: { ...unit, managed: [] } }), 95)).toEqual([]);
    expect(daemonHazards(around({ daemons: [oomd], unit: undefined }), 95)).toEqual([]);
  });

  test("for its swap only where there is swap", () => {
    expect(daemonHazards(around({ daemons: [oomd] }), 95)).toEqual([]);
    expect(daemonHazards(around({ daemons: [oomd], swapTotalKib: 1024 }), 95)).toHaveLength(1);
  });
});
