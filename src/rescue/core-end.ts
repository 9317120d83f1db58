/** The end of a core that nsomem did not send its signal: a daemon's SIGTERM looks like any other end of NSO. */

import { enderWords } from "../core/ender.ts";
import type { Incidents } from "../record/incident.ts";
import { quietly } from "./bookkeeping.ts";
import type { Host } from "./host.ts";
import type { Target } from "./target.ts";

/** Up to here from a daemon's signal to the end of NSO: its shutdown takes 30 s, and longer where memory is short. */
const endingMsMax = 120_000;

/** Says who ended it, where that is told, and records it in the incident of the episode. Takes a child. */
export async function explainEnd(
  { core, signal, witness }: Target,
  { host, incidents, episodeId }: { host: Host; incidents: Incidents; episodeId: string | undefined },
): Promise<void> {
  // Then there is a verdict, which names who ended it.
  if (signal.isSpent()) return;
  const [wallMs, monotonicMs] = [host.wallMs() - endingMsMax, host.monotonicMs() - endingMsMax];
  const ender = await witness.named({ wallMs, monotonicMs });
  if (!ender) return;
  const text = `NSO (PID ${core.pid}) did not end by itself: ${enderWords(ender)}`;
  quietly(host, "not logged", () => host.journal.action(text, "error"));
  if (episodeId === undefined) return;
  const { who, line } = ender;
  const incident = incidents.open(episodeId);
  incident.record(
    host.wallMs(),
    who === "the OOM killer" ? { step: "oom-kill", line } : { step: "ended-by", who, line },
  );
  incident.close();
}
