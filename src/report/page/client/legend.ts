/** The names of a chart's series, each a button that shows and hides its line, with the value under the pointer. */

import { formatKib } from "../../../core/units.ts";
import type { Series } from "../../series/series.ts";
import { nearestSample } from "./nearest-sample.ts";
import type { PageSeries } from "./page-model.ts";

export interface LegendItem {
  described: PageSeries;
  series: Series;
}

export interface Legend {
  element: HTMLElement;
  /** The values at a moment; undefined: those of the last sample. */
  showAt(ms: number | undefined): void;
}

export function createLegend(
  items: readonly LegendItem[],
  onToggle: (index: number, shown: boolean) => void,
): Legend {
  const element = document.createElement("div");
  element.className = "legend";
  const values = items.map(({ described }, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.series = described.id;
    button.setAttribute("aria-pressed", String(!described.hidden));
    button.title = "Show or hide this line";
    const name = document.createElement("span");
    name.textContent = described.label;
    const value = document.createElement("b");
    button.append(swatch(described), name, value);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      onToggle(index, shown);
    });
    element.append(button);
    return value;
  });
  const showAt = (ms: number | undefined) => {
    for (const [index, { series }] of items.entries()) {
      const value = values[index];
      if (!value) continue;
      const at = ms ?? series.atMs.at(-1);
      const sample = at === undefined ? undefined : nearestSample(series, at);
      value.textContent = sample ? formatKib(sample.kib) : "–";
      value.title = sample ? `${sample.kib.toLocaleString("en-US")} KiB` : "not measured";
      value.dataset.kib = sample ? String(sample.kib) : "";
      value.dataset.at = sample ? String(sample.atMs) : "";
    }
  };
  showAt(undefined);
  return { element, showAt };
}

/** A short line in the colour and dash of the series. */
function swatch({ slot, dash, width }: PageSeries): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 26 8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", "M0 4H26");
  line.style.stroke = `var(--line-${slot})`;
  line.style.strokeWidth = String(width);
  if (dash) line.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(line);
  return svg;
}
