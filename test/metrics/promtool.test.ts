/** What Prometheus's own tool says of the metrics and of the alerts, and which alert comes of which series. */

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import alerts from "../../src/metrics/alerts.yml.txt" with { type: "text" };
import { exposition } from "../../src/metrics/exposition.ts";
import { familiesOf } from "../../src/metrics/families.ts";
import { testUnless } from "../lab/missing.ts";
import { findPrometheus } from "../lab/prometheus.ts";
import { foreseen, physicalAt, recordedStatus, snapshotOf } from "./recorded.ts";

const found = findPrometheus();
const [lacking, promtool] = "missing" in found ? [found.missing, ""] : [undefined, found.promtool];
const dir = mkdtempSync(join(tmpdir(), "nsomem-promtool-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function run(words: string[], stdin = ""): { exitCode: number; output: string } {
  const { exitCode, stdout, stderr } = Bun.spawnSync([promtool, ...words], { stdin: Buffer.from(stdin) });
  return { exitCode, output: `${stdout}${stderr}` };
}

const last = { physical: { level: "warning", percent: 91, at: "x" } } as const;
const statuses = {
  healthy: recordedStatus(),
  foreseen: recordedStatus({ memory: physicalAt(80, { forecast: foreseen }) }),
  blind: recordedStatus({ memory: {}, blind: { since: "x", age_ms: 1, reason: "x", last } }),
};

for (const [name, status] of Object.entries(statuses))
  testUnless(lacking, `the metrics of a host that is ${name} have nothing to be improved`, async () => {
    const text = await exposition(familiesOf(snapshotOf(status)));
    expect(run(["check", "metrics"], text)).toEqual({ exitCode: 0, output: "" });
  });

testUnless(lacking, "the finder of flaws finds one", () => {
  const { exitCode, output } = run(["check", "metrics"], "# TYPE nsomem_x_total gauge\nnsomem_x_total 1\n");
  expect(exitCode).not.toBe(0);
  expect(output).toContain("nsomem_x_total");
});

testUnless(lacking, "the alerts are rules", () => {
  writeFileSync(join(dir, "alerts.yml"), alerts);
  expect(run(["check", "rules", join(dir, "alerts.yml")])).toMatchObject({ exitCode: 0 });
});

const physical = 'instance="nso-1",kind="physical",ceiling="host"';
const allocated = 'instance="nso-1",kind="allocated",ceiling="host"';
/** Both kinds at their levels; only physical memory is enforced, as in overcommit mode 0. */
const levels = (ofPhysical: string, ofAllocated = "0x30") => ({
  [`nsomem_memory_level{${physical}}`]: ofPhysical,
  [`nsomem_memory_enforced{${physical}}`]: "1x30",
  [`nsomem_memory_level{${allocated}}`]: ofAllocated,
  [`nsomem_memory_enforced{${allocated}}`]: "0x30",
});
const up = (values: string) => ({ 'nsomem_up{instance="nso-1"}': values });

/** A value a minute, `0x30` thirty-one of them; which alerts fire at a minute. */
const cases: [what: string, series: Record<string, string>, firing: [minute: number, alerts: string[]][]][] =
  [
    ["a healthy host", { ...levels("0x30"), ...up("1x30") }, [[30, []]]],
    [
      "critical memory at once, and no more when it is over",
      levels("0 0 2x5 0x20"),
      [
        [1, []],
        [2, ["NsomemMemoryCritical"]],
        [7, ["NsomemMemoryCritical"]],
        [8, []],
      ],
    ],
    [
      "a warning that lasts a minute",
      levels("0 1 0 1x20"),
      [
        [1, []],
        [3, []],
        [4, ["NsomemMemoryWarning"]],
      ],
    ],
    ["critical committed memory that is not enforced", levels("0x30", "2x30"), [[30, []]]],
    [
      "an agent that went blind at critical",
      {
        'nsomem_blind{instance="nso-1"}': "1x30",
        'nsomem_blind_last_level{instance="nso-1",kind="physical"}': "2x30",
      },
      [
        [0, ["NsomemMemoryCritical"]],
        [1, ["NsomemBlind", "NsomemMemoryCritical"]],
      ],
    ],
    [
      "an agent that ended",
      up("1 1 0x20"),
      [
        [3, []],
        [4, ["NsomemSilent"]],
      ],
    ],
    [
      "an agent that hangs",
      { ...up("1x30"), 'nsomem_last_tick_age_seconds{instance="nso-1"}': "0 0 61 121 181 241" },
      [
        [2, []],
        [4, []],
        [5, ["NsomemSilent"]],
      ],
    ],
    [
      "a textfile that nobody writes any more",
      { ...up("1x30"), 'nsomem_last_tick_timestamp_seconds{instance="nso-1"}': "0 60 60x20" },
      [
        [3, []],
        [7, ["NsomemSilent"]],
      ],
    ],
    [
      "a host that is gone, for an hour",
      up("1 1 1 stale"),
      [
        [2, []],
        [5, ["NsomemSilent"]],
        [61, ["NsomemSilent"]],
        [63, []],
      ],
    ],
    [
      "a tool that is restarted three times in a quarter of an hour",
      { 'nsomem_tool_restarts_total{instance="nso-1"}': "0 1 1 2 2 3 3x30" },
      [
        [5, []],
        [8, ["NsomemToolRestarting"]],
        [30, []],
      ],
    ],
    [
      "a tool that does not come up",
      { 'nsomem_tool_state{instance="nso-1",state="restarting"}': "0 1x20" },
      [
        [2, []],
        [3, ["NsomemToolRestarting"]],
      ],
    ],
    [
      "a crash dump that cannot be, for five minutes",
      { 'nsomem_crash_dump_outlook{instance="nso-1",outlook="hopeless"}': "0 1x20" },
      [
        [5, []],
        [6, ["NsomemNoDumpPossible"]],
      ],
    ],
    [
      "a forecast of less than an hour",
      { ...levels("0x30"), [`nsomem_memory_forecast_critical_seconds{${physical}}`]: "3600 3599x20" },
      [
        [0, []],
        [2, []],
        [3, ["NsomemForecastCritical"]],
      ],
    ],
    [
      "a forecast for memory that is not enforced",
      { ...levels("0x30"), [`nsomem_memory_forecast_critical_seconds{${allocated}}`]: "60x30" },
      [[30, []]],
    ],
    [
      "an action that failed",
      { 'nsomem_actions_total{instance="nso-1",action="crash-dump",outcome="failed"}': "0 0 1x30" },
      [
        [1, []],
        [3, ["NsomemActionFailed"]],
        [20, []],
      ],
    ],
  ];

const alertNames = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name = ""]) => name);

for (const [what, series, firing] of cases)
  testUnless(lacking, `alerts on ${what}`, () => {
    writeFileSync(join(dir, "alerts.yml"), alerts);
    const file = join(dir, "case.json");
    writeFileSync(file, JSON.stringify(ruleTest(series, firing)));
    expect(run(["test", "rules", file])).toMatchObject({ exitCode: 0 });
  });

test("every alert fires in one of the cases", () => {
  const seen = new Set(cases.flatMap(([, , firing]) => firing.flatMap(([, names]) => names)));
  expect(alertNames.filter((name) => !seen.has(name))).toEqual([]);
});

/**
 * As promtool takes it, JSON being YAML too. It compares labels and annotations as a whole, so what is asked is the
 * series ALERTS, in which a firing alert is by its name.
 */
function ruleTest(series: Record<string, string>, firing: [minute: number, alerts: string[]][]) {
  return {
    rule_files: ["alerts.yml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: firing.map(([minute, names]) => ({
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: `${minute}m`,
          exp_samples: names.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
        })),
      },
    ],
  };
}
