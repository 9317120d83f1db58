import { expect, test } from "bun:test";
import { summaryPage } from "../../src/bundle/summary-page.ts";
import { describeGrowth } from "../../src/core/growth.ts";
import { summariseIncident } from "../../src/core/incident.ts";
import { formatStep, type IncidentStep, parseStep } from "../../src/core/incident-step.ts";

const startMs = Date.parse("2026-01-13T12:00:00Z");
const grown = (name: string, grewKib: number) =>
  describeGrowth([
    { group: "pythonvm", name, pid: 22, startTicks: 1, nowKib: 900_000, grewKib, overMs: 300_000 },
    {
      ...{ group: "rest" as const, name: "everything else on the host", pid: null, startTicks: null },
      ...{ nowKib: 2_000_000, grewKib: -1024, overMs: 300_000 },
    },
  ]);
const begun = (grew: string): IncidentStep => ({
  ...{ step: "grower-evidence-begun", pid: 22, group: "pythonvm", name: "l3vpn", why: "it grew" },
  grew,
});

function whoOf(steps: readonly IncidentStep[]): string | undefined {
  const id = "20260113T120000-000-physical";
  const read = steps.flatMap((step, index) => parseStep(formatStep(startMs + index, step)) ?? []);
  const page = summaryPage({
    incident: { id, dir: "/x", steps: read, damagedLines: 0, others: [] } as never,
    summary: summariseIncident(id, read),
    files: [],
    missing: [],
    redact: false,
    nowMs: startMs,
    version: "1",
    host: "h",
    nsoVersion: "6.4",
    dump: undefined,
  } as never);
  return page.split("\n").find((line) => line.startsWith("- Who: "));
}

test("SUMMARY.md names the very VM that grew, and everything else, also where it ended at the warning", () => {
  expect(whoOf([begun(grown("l3vpn", 860_000))])).toBe(
    "- Who: over 300 s Python VM l3vpn grew by 840 MiB to 879 MiB, everything else on the host shrank by 1.0 MiB to 1.9 GiB",
  );
});

test("what was known at the signal takes the place of what was known at the warning", () => {
  const victim: IncidentStep = {
    ...{ step: "victim", isNso: true, sentence: "s", ranking: [], complete: true, growth: [] },
    grew: grown("later", 900_000),
  };
  expect(whoOf([begun(grown("l3vpn", 1)), victim])).toContain("Python VM later grew by");
});

test("that nobody was looked at is said", () => {
  expect(whoOf([{ step: "skipped", message: "m", pid: 1 }])).toBe("- Who: who grew was not recorded");
});
