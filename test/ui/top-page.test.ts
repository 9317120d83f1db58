import { describe, expect, test } from "bun:test";
import type { Strips } from "../../src/core/strips.ts";
import { stripColumns, topPage } from "../../src/ui/top-page.ts";
import { type Moment, recordedStanding, terminalOf } from "./recorded-standing.ts";

/** Half of the stretch before anything was measured, then memory that grows to 93 %. */
function stripsOf(columns: number, untilMs: number): Strips {
  const grown = (index: number, to: number) => Math.round((to * index) / (columns - 1));
  const filled = <T>(value: (index: number) => T) =>
    Array.from({ length: columns }, (_, index) => (index < columns / 2 ? undefined : value(index)));
  return {
    fromMs: untilMs - columns * 10_000,
    untilMs,
    physical: filled((index) => ({ usedKib: grown(index, 857_088), limitKib: 921_600 })),
    allocated: filled(() => ({ usedKib: 3_700_000, limitKib: 12_341_828 })),
    processes: [
      { group: "core", name: "ncs.smp", rssKib: filled((index) => grown(index, 896_000)) },
      { group: "javavm", name: "NcsJVMLauncher", rssKib: filled(() => 37_683) },
      { group: "pythonvm", name: "a-python-vm-with-a-long-name", rssKib: filled(() => 31_130) },
    ],
    events: [
      {
        atMs: untilMs - 60_000,
        type: "nso",
        text: "NSO up: NSO core ncs.smp (PID 18379, /etc/ncs/ncs.conf)",
      },
      {
        ...({ atMs: untilMs - 5000, type: "level", kind: "physical", level: "warning" } as const),
        text: "physical memory is warning: 810 MiB of 900 MiB (90 %)",
      },
    ],
  };
}

function pageAt(moment: Moment, columns: number, { rows = 24, isPast = false } = {}) {
  const standing = recordedStanding(moment);
  const terminal = terminalOf(columns);
  const strips = stripsOf(stripColumns(terminal), Math.ceil(standing.nowMs / 10_000) * 10_000);
  return topPage({ standing, strips, columnMs: 10_000, isPast }, terminal, rows);
}

test("live: the first line of status, memory and who holds it as history, what happened, the keys", () => {
  expect(pageAt("warning", 80)).toEqual([
    "WARNING: physical memory at 93.3 %, critical in about 1 s",
    "22:44:10 to now; a column is 10 s",
    "",
    "physical                                     ▁▁▂▃▄▄▅▆   93.3 %  841 of 900 MiB",
    "                                  ▁▁▂▃▄▄▅▆▇▇█████████  WARNING",
    "                                ▇████████████████████  +31.0 MiB/s",
    "                                █████████████████████  critical in about 1 s",
    "committed                                               16.5 %  1.9 of 11.8 GiB",
    "                                ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅  advisory",
    "",
    "core                            ▄▄▄▅▅▅▅▅▆▆▆▆▆▇▇▇▇▇███    875 MiB  +427 MiB",
    "JavaVM                          █████████████████████   36.8 MiB",
    "a-python-…                      █████████████████████   30.4 MiB",
    "",
    "22:50:10  NSO up: NSO core ncs.smp (PID 18379, /etc/ncs/ncs.conf)",
    "22:51:05  physical memory is warning: 810 MiB of 900 MiB (90 %)",
    "left/right: time   up/down: zoom   PgUp/PgDn, Home, End: now   q: quit",
  ]);
});

describe("the page", () => {
  test.each([60, 80, 120])("fits %d columns and 24 rows in every state", (columns) => {
    for (const moment of ["normal", "warning", "dumping", "ended"] as const)
      for (const isPast of [false, true]) {
        const lines = pageAt(moment, columns, { isPast });
        expect(lines.length).toBeLessThanOrEqual(24);
        for (const line of lines) expect(Bun.stringWidth(line)).toBeLessThan(columns);
        expect(lines.join("\n")).not.toMatch(/NaN|undefined/);
      }
  });

  test("of few rows the keys are among them", () => {
    expect(pageAt("normal", 80, { rows: 14 }).length).toBeLessThanOrEqual(14);
  });

  test("back in time says so, and its values are those of then", () => {
    const lines = pageAt("normal", 80, { isPast: true });
    expect(lines[1]).toStartWith("PAST ");
    expect(lines.find((line) => line.startsWith("physical"))).toContain("93.0 %  837 of 900 MiB");
    expect(lines.join("\n")).toContain("WARNING");
  });

  test("while NSO dumps the first line is that of status", () => {
    expect(pageAt("dumping", 60)[0]).toBe("DUMPING 408 MiB of about 1.2 GiB, 16 s; do not restart NSO");
  });

  test("without a history says so", () => {
    const input = {
      standing: recordedStanding("normal"),
      strips: undefined,
      columnMs: 10_000,
      isPast: false,
    };
    expect(topPage(input, terminalOf(80), 24)).toContain("There is no history to be drawn yet.");
  });
});
