/**
 * The dashboard drawn from Prometheus's answers, where no Grafana is to be had: each panel at its place, so that somebody
 * can look at what it would show. DASHBOARD=picture.png makes fleet.test.ts write it.
 */

import type { Prometheus } from "../lab/prometheus.ts";

interface DashboardPanel {
  type: "row" | "table" | "stat" | "timeseries";
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
  fieldConfig?: { defaults: { unit: string; mappings: { options: Record<string, { text: string }> }[] } };
  options?: { textMode?: string };
}

const cell = { width: 60, height: 32 };
const colours = [
  "#2a78b8",
  "#d9822b",
  "#2f9e58",
  "#c23b3b",
  "#7d5bb5",
  "#8a6d4b",
  "#c45f9d",
  "#6b7280",
  "#a3a322",
  "#22a3a3",
];

/** As Grafana asks for one host: HTML. */
export async function dashboardPage(
  panels: readonly DashboardPanel[],
  prometheus: Prometheus,
  { fill, seconds }: { fill: (expr: string) => string; seconds: number },
): Promise<string> {
  const boxes = await Promise.all(
    panels.map(async (panel) => {
      const { x, y, w, h } = panel.gridPos;
      const place = `left:${x * cell.width}px;top:${y * cell.height}px;width:${w * cell.width - 8}px;height:${h * cell.height - 8}px`;
      const content = panel.type === "row" ? "" : await contentOf(panel, prometheus, { fill, seconds });
      return `<div class="${panel.type}" style="${place}"><b>${escaped(fill(panel.title))}</b>${content}</div>`;
    }),
  );
  const style =
    "body{font:12px sans-serif;background:#f4f5f7;margin:8px}div{position:absolute;background:#fff;border:1px solid #ddd;overflow:hidden;box-sizing:border-box;padding:4px}.row{background:none;border:none;font-size:15px}.stat p{font-size:22px;margin:6px}td{padding:1px 10px}small{color:#555}";
  return `<!doctype html><html data-ready><meta charset="utf-8"><style>${style}</style>${boxes.join("\n")}</html>`;
}

type Asked = { fill: (expr: string) => string; seconds: number };

async function contentOf(
  panel: DashboardPanel,
  prometheus: Prometheus,
  { fill, seconds }: Asked,
): Promise<string> {
  const { unit = "none", mappings = [] } = panel.fieldConfig?.defaults ?? {};
  const textOf = (value: number) => mappings[0]?.options[value]?.text ?? inUnit(value, unit);
  const targets = panel.targets ?? [];
  if (panel.type === "timeseries") {
    const lines = await Promise.all(
      targets.map(async ({ expr, legendFormat }) =>
        (await prometheus.range(fill(expr), seconds)).map(({ labels, values }) => ({
          name: legendOf(legendFormat, labels),
          values,
        })),
      ),
    );
    return chart(lines.flat(), panel.gridPos, textOf);
  }
  const answers = await Promise.all(
    targets.map(async ({ expr, legendFormat }) => ({
      legendFormat,
      rows: await prometheus.query(fill(expr)),
    })),
  );
  const rows = answers.flatMap(({ legendFormat, rows }) =>
    rows.map(({ labels, value }) => ({ name: legendOf(legendFormat, labels), labels, value })),
  );
  if (panel.type === "stat")
    return rows
      .map(
        ({ name, value }) =>
          `<p>${panel.options?.textMode === "name" ? name : textOf(value)} <small>${name}</small></p>`,
      )
      .join("");
  const cells = rows.map(
    ({ labels, value }) =>
      `<tr>${Object.values(labels)
        .map((label) => `<td>${escaped(label)}</td>`)
        .join("")}<td>${textOf(value)}</td></tr>`,
  );
  return `<table>${cells.join("")}</table>`;
}

interface Line {
  name: string;
  values: [atS: number, value: number][];
}

function chart(
  lines: readonly Line[],
  { w, h }: DashboardPanel["gridPos"],
  textOf: (value: number) => string,
): string {
  const [width, height] = [w * cell.width - 110, h * cell.height - 80];
  const all = lines.flatMap(({ values }) => values);
  const [from, to] = [Math.min(...all.map(([at]) => at)), Math.max(...all.map(([at]) => at))];
  const most = Math.max(...all.map(([, value]) => value), 1e-9);
  const paths = lines.map(({ values }, index) => {
    const points = values.map(
      ([at, value]) =>
        `${(((at - from) / (to - from || 1)) * width).toFixed(1)},${(height - (value / most) * height).toFixed(1)}`,
    );
    return `<polyline fill="none" stroke-width="2" stroke="${colours[index % colours.length]}" points="${points.join(" ")}"/>`;
  });
  const ticks = [0, 0.5, 1].map(
    (part) => `<text x="${width + 4}" y="${height - part * height + 4}">${textOf(most * part)}</text>`,
  );
  const names = lines.map(
    ({ name }, index) => `<span style="color:${colours[index % colours.length]}">■</span>${escaped(name)} `,
  );
  return `<br><svg width="${width + 90}" height="${height + 12}" style="padding-top:6px;overflow:visible">${paths.join("")}${ticks.join("")}</svg><br><small>${names.slice(0, 12).join(" ")}</small>`;
}

function legendOf(format: string, labels: Record<string, string>): string {
  return format.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? "");
}

function inUnit(value: number, unit: string): string {
  if (unit === "bytes") return `${(value / 1024 ** 2).toFixed(0)} MiB`;
  if (unit === "percentunit") return `${(value * 100).toFixed(1)} %`;
  return unit === "s" ? `${value.toFixed(1)} s` : String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
