import { describe, expect, test } from "bun:test";
import { type BesideLook, besideMax, besideOf } from "../../src/core/beside.ts";
import {
  describeGrowth,
  describeStranger,
  type Growth,
  growthOf,
  type MemoryUse,
  nsoGrowerOf,
  type ProcessUse,
  takeUse,
} from "../../src/core/growth.ts";

const core = (rssKib: number): ProcessUse => ({
  group: "core",
  name: "ncs.smp",
  pid: 10,
  startTicks: 100,
  rssKib,
});
const vm = (name: string, rssKib: number, startTicks = 100, pid = 20): ProcessUse => ({
  group: "pythonvm",
  name,
  pid,
  startTicks,
  rssKib,
});
const use = (atMs: number, processes: ProcessUse[], restKib = 0, ceiling = "host"): MemoryUse => ({
  atMs,
  ceiling,
  restKib,
  processes,
});
const mib = 1024;

describe("who grew", () => {
  test("who grew most comes first, and a sentence names all that are there", () => {
    const growth = growthOf([use(0, [core(1 * mib)], 4 * mib), use(60_000, [core(3 * mib)], 2 * mib)]);
    expect(growth.map(({ group, grewKib }) => [group, grewKib])).toEqual([
      ["core", 2048],
      ["rest", -2048],
    ]);
    expect(describeGrowth(growth)).toBe(
      "over 60 s the core grew by 2.0 MiB to 3.0 MiB, everything else on the host shrank by 2.0 MiB to 2.0 MiB",
    );
  });

  test("one Python VM among others is named, with its PID", () => {
    const growth = growthOf([
      use(0, [core(100 * mib), vm("calm", 50 * mib, 1, 21), vm("l3vpn", 50 * mib, 1, 22)]),
      use(60_000, [core(110 * mib), vm("calm", 50 * mib, 1, 21), vm("l3vpn", 90 * mib, 1, 22)]),
    ]);
    expect(nsoGrowerOf(growth)).toMatchObject({ name: "l3vpn", pid: 22, startTicks: 1, grewKib: 40 * mib });
    expect(describeGrowth(growth)).toStartWith(
      "over 60 s Python VM l3vpn grew by 40.0 MiB to 90.0 MiB, the core",
    );
  });

  test("everything else may have grown most, and is no grower of NSO's", () => {
    const growth = growthOf([use(0, [core(5)], 100), use(1000, [core(6)], 900)]);
    expect(growth[0]?.group).toBe("rest");
    expect(nsoGrowerOf(growth)?.name).toBe("ncs.smp");
    expect(nsoGrowerOf(growthOf([use(0, [core(5)], 100), use(1000, [core(5)], 900)]))).toBeUndefined();
  });
});

describe("each life of a process counts by itself", () => {
  test("a VM that was restarted and leaks is the grower, although it holds less than the one before", () => {
    const growth = growthOf([
      use(0, [core(100 * mib), vm("l3vpn", 800 * mib, 1)]),
      use(10_000, [core(101 * mib), vm("l3vpn", 40 * mib, 2)]),
      use(60_000, [core(105 * mib), vm("l3vpn", 140 * mib, 2)]),
    ]);
    expect(nsoGrowerOf(growth)).toMatchObject({ name: "l3vpn", grewKib: 100 * mib, overMs: 50_000 });
    expect(describeGrowth(growth)).toContain("grew by 100 MiB to 140 MiB within 50 s of its start");
  });

  test("the same PID with another start is another process", () => {
    const growth = growthOf([use(0, [vm("a", 900, 1)]), use(1000, [vm("a", 1000, 2)])]);
    expect(growth.find(({ group }) => group === "pythonvm")?.grewKib).toBe(0);
  });

  test("all that a VM holds is new when it began within the window and took nobody's place", () => {
    const growth = growthOf([use(0, [core(5)]), use(1000, [core(5), vm("new", 700, 9)])]);
    expect(nsoGrowerOf(growth)).toMatchObject({ name: "new", grewKib: 700, overMs: 1000 });
  });

  test("one that has ended is not there any more", () => {
    expect(growthOf([use(0, [vm("a", 900)]), use(1000, [])]).map(({ group }) => group)).toEqual(["rest"]);
  });
});

describe("everything else", () => {
  test("is counted from when the ceiling became this one", () => {
    const growth = growthOf([
      use(0, [], 9000),
      use(1000, [], 10, "cgroup:/a"),
      use(3000, [], 15, "cgroup:/a"),
    ]);
    expect(growth).toEqual([
      {
        group: "rest",
        name: "everything else in the cgroup",
        pid: null,
        startTicks: null,
        nowKib: 15,
        grewKib: 5,
        overMs: 2000,
      },
    ]);
  });
});

describe("what is kept and said has a limit", () => {
  test("one sample is not enough to say", () => {
    expect(growthOf([use(0, [core(1)])])).toEqual([]);
    expect(describeGrowth([])).toBe("who grew is not known yet");
  });

  test("of a hundred Python VMs four are named and the others summed up", () => {
    const at = (atMs: number, kib: number) =>
      use(
        atMs,
        Array.from({ length: 100 }, (_, n) => vm(`vm${n}`, mib + kib * n, 1, 100 + n)),
      );
    const sentence = describeGrowth(growthOf([at(0, 0), at(1000, 1)]));
    expect(sentence).toContain("Python VM vm99 ");
    expect(sentence).toEndWith("96 others grew by 4.5 MiB to 100 MiB");
    expect(sentence.length).toBeLessThan(400);
  });

  test("looks are kept for exactly as long as asked", () => {
    const uses = [use(0, []), use(1, [])];
    const times = (atMs: number) => takeUse(uses, use(atMs, []), 300_000).map((one) => one.atMs);
    expect(times(300_000)).toEqual([0, 1, 300_000]);
    expect(times(300_001)).toEqual([1, 300_001]);
  });

  test("a clock that was set back begins anew", () => {
    expect(takeUse([use(500, [])], use(100, []), 300_000).map(({ atMs }) => atMs)).toEqual([100]);
  });
});

describe("who of those that are not NSO's", () => {
  const rest = (grewKib: number, beside?: Growth["beside"]): Growth[] => {
    const [one] = growthOf([use(0, [], 100 * mib), use(8000, [], 100 * mib + grewKib)]);
    return one ? [{ ...one, beside }] : [];
  };
  const neighbour = { name: "neighbour.service in cgroup /site.slice", nowKib: 250 * mib, overMs: 5000 };

  test("is named where it grew most, with its size", () => {
    expect(describeStranger(rest(200 * mib, { ...neighbour, grewKib: 150 * mib }))).toBe(
      "What grew most is not NSO: over 8 s everything else on the host grew by 200 MiB to 300 MiB, most of it neighbour.service in cgroup /site.slice, which grew by 150 MiB in 5 s to 250 MiB.",
    );
  });

  test("is called the largest where nothing is known of before", () => {
    expect(describeGrowth(rest(200 * mib, { ...neighbour, grewKib: null }))).toEndWith(
      "to 300 MiB, the largest of it neighbour.service in cgroup /site.slice with 250 MiB",
    );
  });

  test("is not said to be most of it where it holds less than half", () => {
    const small = { ...neighbour, grewKib: 99 * mib, nowKib: 149 * mib };
    expect(describeGrowth(rest(200 * mib, small))).toContain(", among it neighbour.service");
  });

  test("nobody is where NSO grew most, nor where nothing grew", () => {
    expect(describeStranger(growthOf([use(0, [core(1)], 5), use(1000, [core(9)], 6)]))).toBeUndefined();
    expect(describeStranger(rest(0))).toBeUndefined();
    expect(describeStranger([])).toBeUndefined();
  });
});

describe("of several beside NSO", () => {
  const look = (atMs: number, largest: [string, number][], ceiling = "host"): BesideLook => ({
    ...{ atMs, ceiling },
    largest: largest.map(([name, usedKib]) => ({ name, usedKib })),
  });
  const many = (kib: number) =>
    Array.from({ length: besideMax }, (_, at) => [`${at}`, kib] as [string, number]);

  test("one that was not among the largest before grew by no more than it holds above the last of them", () => {
    expect(besideOf([look(0, many(40)), look(9, [["late", 100]])])?.grewKib).toBe(60);
    expect(besideOf([look(0, many(40).slice(1)), look(9, [["late", 100]])])?.grewKib).toBe(100);
  });

  test("another ceiling begins anew, and nobody is nobody", () => {
    expect(besideOf([look(0, [["a", 1]]), look(9, [["a", 5]], "cgroup:/a")])?.grewKib).toBeNull();
    expect(besideOf([look(0, [["a", 1]]), look(9, [])])).toBeUndefined();
    expect(besideOf([])).toBeUndefined();
  });
});
