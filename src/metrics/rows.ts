/** The panels of the dashboard: all hosts by headroom, then one host with the charts of the report. */

import type { Panel, Query, Row } from "./panel.ts";

const half = { width: 12, height: 8 } as const;
const levelWords = {
  0: { text: "normal", color: "green" },
  1: { text: "warning", color: "orange" },
  2: { text: "critical", color: "red" },
};
const noYes = { 0: { text: "no", color: "text" }, 1: { text: "yes", color: "red" } };
const silentWatching = { 0: { text: "silent", color: "red" }, 1: { text: "watching", color: "green" } };

/** Of each host the ceiling that is closest; a kind that leads to no action does not count. */
const headroom =
  "min by (instance) ((1 - nsomem_memory_used_bytes / nsomem_memory_limit_bytes) and nsomem_memory_enforced == 1)";

export const rows: readonly Row[] = [
  { title: "All hosts", panels: fleetPanels() },
  {
    title: "$instance",
    panels: [...statePanels(), ...memoryPanels(), ...processPanels(), ...rescuePanels()],
  },
];

function fleetPanels(): Panel[] {
  const atLevel = (level: number) =>
    `count((nsomem_memory_level == ${level}) and nsomem_memory_enforced == 1) or vector(0)`;
  return [
    {
      ...{ title: "Hosts by headroom", kind: "table", unit: "percentunit", width: 12, height: 12 },
      description:
        "What is left of the binding ceiling, the least first. A kind that is not enforced does not count.",
      steps: [
        { color: "red", from: 0 },
        { color: "orange", from: 0.05 },
        { color: "green", from: 0.1 },
      ],
      queries: [{ expr: `sort(${headroom})`, legend: "headroom" }],
    },
    fleetCount("Watched", "sum(nsomem_up)"),
    fleetCount("Silent", "count(nsomem_up == 0) or vector(0)", "red"),
    fleetCount("At warning", atLevel(1), "orange"),
    fleetCount("Critical", atLevel(2), "red"),
    {
      ...{ title: "Becoming critical", kind: "table", unit: "s", width: 12, height: 8 },
      description: "Hosts of which it is foreseen, the soonest first.",
      queries: [
        {
          expr: "sort(min by (instance, kind) (nsomem_memory_forecast_critical_seconds))",
          legend: "critical within",
        },
      ],
    },
    {
      ...{ title: "Headroom of the ten closest", kind: "timeseries", unit: "percentunit", ...half },
      queries: [{ expr: `bottomk(10, ${headroom})`, legend: "{{instance}}" }],
    },
    {
      ...{ title: "Actions of all hosts in the last hour", kind: "timeseries", unit: "short", ...half },
      queries: [
        {
          expr: "sum by (action, outcome) (increase(nsomem_actions_total[1h]))",
          legend: "{{action}} {{outcome}}",
        },
      ],
    },
  ];
}

/** Grey while it is 0. */
function fleetCount(title: string, expr: string, color = "green"): Panel {
  const steps = [
    { color: "text", from: 0 },
    { color, from: 1 },
  ];
  return {
    title,
    kind: "stat",
    unit: "none",
    width: 3,
    height: 4,
    steps,
    queries: [{ expr, legend: title }],
  };
}

function statePanels(): Panel[] {
  const state = (title: string, query: Query, more: Partial<Panel> = {}): Panel => ({
    ...{ title, kind: "stat", unit: "none", width: 4, height: 4, queries: [query] },
    ...more,
  });
  return [
    state("Agent", { expr: of("nsomem_up"), legend: "agent" }, { words: silentWatching }),
    state("Level", { expr: of("nsomem_memory_level"), legend: "{{kind}}" }, { words: levelWords }),
    state("Last tick", { expr: of("nsomem_last_tick_age_seconds"), legend: "age" }, { unit: "s" }),
    state("Blind", { expr: of("nsomem_blind"), legend: "blind" }, { words: noYes }),
    state(
      "Crash dump",
      { expr: `${of("nsomem_crash_dump_outlook")} == 1`, legend: "{{outlook}}" },
      { isNamed: true },
    ),
    state("Dump in progress", { expr: of("nsomem_dump_in_progress"), legend: "{{dump}}" }, { words: noYes }),
  ];
}

function memoryPanels(): Panel[] {
  const kind = (title: string, name: "physical" | "allocated"): Panel => {
    const at = (level: string) => {
      const threshold = of("nsomem_memory_threshold_ratio", `kind="${name}",level="${level}"`);
      return `${threshold} * on (instance, kind, ceiling) ${of("nsomem_memory_limit_bytes", `kind="${name}"`)}`;
    };
    return {
      ...{ title, kind: "timeseries", unit: "bytes", ...half },
      queries: [
        { expr: of("nsomem_memory_used_bytes", `kind="${name}"`), legend: "used of {{ceiling}}" },
        { expr: of("nsomem_memory_limit_bytes", `kind="${name}"`), legend: "limit of {{ceiling}}" },
        { expr: at("warning"), legend: "warning" },
        { expr: at("critical"), legend: "critical" },
      ],
    };
  };
  return [kind("Physical memory", "physical"), kind("Committed memory", "allocated")];
}

function processPanels(): Panel[] {
  const perProcess = (title: string, what: "resident" | "private"): Panel => ({
    ...{ title, kind: "timeseries", unit: "bytes", ...half },
    queries: [
      { expr: of(`nsomem_group_${what}_bytes`, 'group="core"'), legend: "core" },
      { expr: of(`nsomem_vm_${what}_bytes`), legend: "{{name}}" },
    ],
  });
  return [
    {
      ...{ title: "Who holds the memory", kind: "timeseries", unit: "bytes", ...half, isStacked: true },
      queries: [
        { expr: of("nsomem_group_resident_bytes"), legend: "{{group}}" },
        { expr: of("nsomem_everything_else_bytes"), legend: "everything else" },
      ],
    },
    {
      ...{ title: "Critical within", kind: "timeseries", unit: "s", ...half },
      description: "Where it is foreseen.",
      queries: [{ expr: of("nsomem_memory_forecast_critical_seconds"), legend: "{{kind}}" }],
    },
    perProcess("Resident memory of NSO's processes", "resident"),
    perProcess("Private writable memory of NSO's processes", "private"),
  ];
}

function rescuePanels(): Panel[] {
  const increase = (name: string, legend: string) => ({
    expr: `increase(${of(name, "", "[1h]")})`,
    legend,
  });
  return [
    {
      ...{ title: "Actions in the last hour", kind: "timeseries", unit: "short", ...half },
      queries: [increase("nsomem_actions_total", "{{action}} {{outcome}}")],
    },
    {
      ...{ title: "The measuring tool in the last hour", kind: "timeseries", unit: "short", ...half },
      queries: [
        increase("nsomem_tool_restarts_total", "restarts"),
        increase("nsomem_tool_malformed_lines_total", "malformed lines"),
      ],
    },
  ];
}

/** A metric of the host that was chosen. */
function of(name: string, labels = "", range = ""): string {
  return `${name}{${['instance="$instance"', labels].filter(Boolean).join(",")}}${range}`;
}
