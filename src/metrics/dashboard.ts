/** The dashboard as Grafana imports it: JSON of schema 39 (Grafana 11), which newer versions bring up to theirs. */

import type { Panel, Row } from "./panel.ts";
import { rows } from "./rows.ts";

const gridColumns = 24;
/** Grafana asks which data source it is when the dashboard is imported. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
const datasource = { type: "prometheus", uid: "${DS_PROMETHEUS}" };

export function dashboard(): Record<string, unknown> {
  return {
    __inputs: [
      {
        name: "DS_PROMETHEUS",
        label: "Prometheus",
        type: "datasource",
        pluginId: "prometheus",
        pluginName: "Prometheus",
      },
    ],
    __requires: [{ type: "datasource", id: "prometheus", name: "Prometheus", version: "1.0.0" }],
    uid: "nsomem",
    title: "nsomem: memory of NSO",
    tags: ["nsomem", "nso"],
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: [instanceVariable] },
    panels: layOut(rows),
  };
}

const instanceVariable = {
  name: "instance",
  label: "host",
  type: "query",
  datasource,
  query: { query: "label_values(nsomem_up, instance)", refId: "instance" },
  definition: "label_values(nsomem_up, instance)",
  refresh: 2,
  sort: 1,
  includeAll: false,
  multi: false,
};

/** From left to right, and under the highest of a line. */
function layOut(all: readonly Row[]): unknown[] {
  const panels: unknown[] = [];
  let y = 0;
  for (const { title, panels: own } of all) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    const grid = createGrid(y + 1);
    for (const panel of own)
      panels.push({ id: panels.length + 1, gridPos: grid.place(panel), ...panelJson(panel) });
    y = grid.end();
  }
  return panels;
}

/** The highest place that is free, and there the leftmost. */
function createGrid(top: number) {
  const heights = new Array<number>(gridColumns).fill(top);
  return {
    place({ width, height }: Panel) {
      const under = (x: number) => Math.max(...heights.slice(x, x + width));
      const places = Array.from({ length: gridColumns - width + 1 }, (_, x) => x);
      const x = places.reduce((best, at) => (under(at) < under(best) ? at : best), 0);
      const y = under(x);
      heights.fill(y + height, x, x + width);
      return { x, y, w: width, h: height };
    },
    end: () => Math.max(...heights),
  };
}

function panelJson(panel: Panel): Record<string, unknown> {
  const { title, description, kind, queries } = panel;
  const isTable = kind === "table";
  const targets = queries.map(({ expr, legend }, index) => ({
    refId: String.fromCharCode(65 + index),
    datasource,
    expr,
    legendFormat: legend,
    ...(kind === "timeseries" ? { range: true } : { instant: true }),
    ...(isTable ? { format: "table" } : {}),
  }));
  return {
    title,
    ...(description === undefined ? {} : { description }),
    type: kind,
    datasource,
    targets,
    fieldConfig: { defaults: fieldDefaults(panel), overrides: [] },
    options: optionsOf(panel),
    ...(isTable ? { transformations: tableTransformations(queries[0]?.legend ?? "value") } : {}),
  };
}

function fieldDefaults({ kind, unit, isStacked, words, steps }: Panel): Record<string, unknown> {
  const colours = steps?.map(({ color, from }) => ({ color, value: from === 0 ? null : from }));
  const mappings = words ? [{ type: "value", options: words }] : [];
  return {
    unit,
    mappings,
    min: unit === "bytes" || unit === "percentunit" ? 0 : undefined,
    ...(colours ? { thresholds: { mode: "absolute", steps: colours }, color: { mode: "thresholds" } } : {}),
    ...(kind === "table" ? { custom: { cellOptions: { type: steps ? "color-text" : "auto" } } } : {}),
    ...(kind === "timeseries"
      ? {
          custom: {
            fillOpacity: isStacked ? 50 : 0,
            showPoints: "never",
            spanNulls: false,
            stacking: { mode: isStacked ? "normal" : "none" },
          },
        }
      : {}),
  };
}

function optionsOf({ kind, isNamed }: Panel): Record<string, unknown> {
  switch (kind) {
    case "table":
      return { showHeader: true, cellHeight: "sm" };
    case "stat":
      return {
        reduceOptions: { calcs: ["lastNotNull"] },
        textMode: isNamed ? "name" : "auto",
        colorMode: "value",
        graphMode: "none",
      };
    case "timeseries":
      return {
        legend: { displayMode: "list", placement: "bottom" },
        tooltip: { mode: "multi", sort: "desc" },
      };
  }
}

function tableTransformations(column: string): unknown[] {
  return [
    {
      id: "organize",
      options: { excludeByName: { Time: true }, renameByName: { instance: "host", Value: column } },
    },
  ];
}
