/** Finishes earlier incidents where there is no NSO to watch: the start is refused, but their verdict is not lost. */

import type { Config } from "../../core/config.ts";
import { hostClock } from "../../linux/host-clock.ts";
import type { Roots } from "../../linux/roots.ts";
import type { CoreRegister } from "../../record/core-register.ts";
import { openIncidents } from "../../record/incident.ts";
import { openJournal, type Tone } from "../../record/journal.ts";
import type { Lanes } from "../../record/lane.ts";
import type { Paths } from "../../record/paths.ts";
import { mendSurvived } from "./survived.ts";
import { findSurvived, findUnfinished, finishUnfinished, liveCore } from "./unfinished.ts";

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
  const survived = await incidents.read(() => findSurvived(paths.incidents));
  if (unfinished.length + survived.length === 0) return;
  const journal = openJournal(paths, { lanes, wallMs: hostClock.wallMs, format: config.log.format }, say);
  const context = { config, host: { roots, ...hostClock, journal }, stop };
  const nobody = { note: () => {}, survived: () => {} };
  for (const one of unfinished) {
    const { outcome, message } = await finishUnfinished(
      { ...context, ...nobody },
      { incidents, register },
      one,
    );
    journal.action(`incident ${one.id} of an earlier agent: ${outcome}: ${message}`, "warning");
  }
  for (const one of survived) {
    // What is not the NSO that was asked for may live on for weeks.
    if (liveCore(roots.procDir, one.begun)) continue;
    const outcome = await mendSurvived(context, incidents, one);
    if (outcome) journal.action(`incident ${one.id} of an earlier agent: ${outcome.message}`, "warning");
  }
  await Promise.all([incidents.finish(closeMsMax), journal.close(closeMsMax)]);
}
