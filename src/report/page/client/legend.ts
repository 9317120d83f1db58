/** The names of a chart's series, each a button that shows its line alone, with the value under the pointer. */

import { formatKib } from "../../../core/units.ts";
import type { Series } from "../../series/series.ts";
import { nearestSample } from "./nearest-sample.ts";
import type { PageSeries } from "./page-model.ts";

export interface LegendItem {
  described: PageSeries;
  series: Series;
  isArea: boolean;
}

export interface Legend {
  element: HTMLElement;
  /** The values at a moment; undefined: those of the last sample. */
  showAt(ms: number | undefined): void;
}

/** `onShown` gets which of the items are shown, each time that changes. */
export function createLegend(
  items: readonly LegendItem[],
  onShown: (shown: readonly boolean[]) => void,
): Legend {
  const element = document.createElement("div");
  element.className = "legend";
  const first = items.map(({ described }) => !described.hidden);
  let shown = first;
  const show = (wanted: readonly boolean[]) => {
    shown = [...wanted];
    for (const [index, button] of element.querySelectorAll("button").entries())
      button.setAttribute("aria-pressed", String(shown[index]));
    onShown(shown);
  };
  const values = items.map(({ described, isArea }, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.series = described.id;
    button.setAttribute("aria-pressed", String(!described.hidden));
    button.title = "This line alone, or all again; with Shift or Ctrl: show or hide it";
    const name = document.createElement("span");
    name.textContent = described.label;
    const value = document.createElement("b");
    button.append(swatch(described, { isArea }), name, value);
    button.addEventListener("click", ({ shiftKey, ctrlKey, metaKey }) => {
      if (shiftKey || ctrlKey || metaKey) return show(shown.map((is, other) => is !== (other === index)));
      const isAlone = shown.every((is, other) => is === (other === index));
      show(isAlone ? first : items.map((_, other) => other === index));
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

/** A short line in the colour and dash of the series; of an area, a bar. */
function swatch({ slot, dash, width }: PageSeries, { isArea }: Pick<LegendItem, "isArea">): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 26 8");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", "M0 4H26");
  line.style.stroke = `var(--line-${slot})`;
  line.style.strokeWidth = String(isArea ? 8 : width);
  if (dash) line.setAttribute("stroke-dasharray", dash.join(" "));
  svg.append(line);
  return svg;
}
