/** A firing of a rule that did not happen: with a reading that the rule could have had. */

import type { Level } from "../core/level.ts";
import type { Firing, Rule } from "../core/rule.ts";
import { wallMs } from "../linux/host-clock.ts";

/** Outside of any episode. The reading is 96 % of a host, now. */
export function madeUpFiring(rule: Rule): Firing {
  const level: Level = typeof rule.on === "string" ? rule.on : "normal";
  return {
    rule,
    level,
    episodeId: null,
    reading: {
      kind: rule.kind,
      level,
      usedKib: 96,
      limitKib: 100,
      thresholdPercent: 95,
      ceiling: "host",
      atMs: wallMs(),
      source: "in-process",
    },
  };
}
