/** A forecast in words: for the status, its line, the log and the history. */

import type { Forecast } from "./forecast.ts";
import { type Growth, growerName } from "./growth.ts";
import { formatKib } from "./units.ts";

/** Who is named has at least this share of the growth; otherwise nobody is. */
const shareMin = 1 / 3;

/** Who grows, in a sentence; undefined where nobody alone explains the forecast. `growth` is that of its window. */
export function growerOf(forecast: Forecast, growth: readonly Growth[]): Growth | undefined {
  const [first] = growth;
  if (!first || first.overMs <= 0) return undefined;
  const expectedKib = (forecast.kibPerMinute * first.overMs) / 60_000;
  return first.grewKib >= expectedKib * shareMin ? first : undefined;
}

/** "critical within about 40 min at +12 MiB/min, Python VM l3vpn grows". */
export function describeForecast(
  forecast: Forecast,
  grower: Pick<Growth, "group" | "name"> | undefined,
): string {
  const who = grower ? `, ${growerName(grower)} grows` : "";
  return `critical within about ${roughly(forecast.inMs)} at +${formatKib(forecast.kibPerMinute)}/min${who}`;
}

/** For a line that is short of room: "critical <40 min". */
export function shortForecast(inMs: number): string {
  return `critical <${roughly(inMs)}`;
}

/** To 5 min above half an hour: the figure is not better than that. */
function roughly(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const rough = minutes <= 30 ? minutes : Math.ceil(minutes / 5) * 5;
  return rough < 60
    ? `${rough} min`
    : `${Math.floor(rough / 60)} h${rough % 60 > 0 ? ` ${rough % 60} min` : ""}`;
}
