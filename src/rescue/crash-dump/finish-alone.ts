/** Finishes earlier incidents where there is no NSO to watch: the start is refused, but their verdict is not lost. */

import type { Config } from "../../core/config.ts";
import { hostClock } from "../../linux/host-clock.ts";
import type { Roots } from "../../linux/roots.ts";
import type { CoreRegister } from "../../record/core-register.ts";
import { openIncidents } from "../../record/incident.ts";
import { openJournal, type Tone } from "../../record/journal.ts";
import type { Lanes } from "../../record/lane.ts";
import type { Paths } from "../../record/paths.ts";
import { findUnfinished, finishUnfinished } from "./unfinished.ts";

export interface FinishAloneOptions {
  paths: Paths;
  config: Config;
  roots: Roots;
  register: CoreRegister;
  stop: AbortSignal;
  say: (text: string, tone: Tone) => void;
  lanes: Lanes;
}

const closeMsMax = 1000;

export async function finishAlone({
  paths,
  config,
  roots,
  register,
  stop,
  say,
  lanes,
}: FinishAloneOptions): Promise<void> {
  const incidents = openIncidents(paths.incidents, lanes.of(paths.incidents));
  const unfinished = await incidents.read(() => findUnfinished(paths.incidents));
  if (unfinished.length === 0) return;
  const journal = openJournal(paths, { lanes, wallMs: hostClock.wallMs }, say);
  for (const one of unfinished) {
    const context = { config, host: { roots, ...hostClock, journal }, stop };
    const { outcome, message } = await finishUnfinished(context, { incidents, register }, one);
    journal.action(`incident ${one.id} of an earlier agent: ${outcome}: ${message}`, "warning");
  }
  await Promise.all([incidents.finish(closeMsMax), journal.close(closeMsMax)]);
}
