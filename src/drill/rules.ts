/** The rules of the configuration, and the executables that they run. */

import { accessSync, constants } from "node:fs";
import { wordOf } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import { decide, rulesOf } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import { actionKinds } from "../rescue/action-kinds.ts";
import { madeUpFiring } from "./made-up-firing.ts";

/** What each rule would do on this host now. */
export function describeRules(config: Config, procDir: string): string {
  const overcommitMode = readOvercommitMode(procDir);
  return rulesOf(config)
    .filter(({ actions }) => actions.length > 0)
    .map((rule) => {
      const [first] = decide(madeUpFiring(rule), config, {
        nowMs: 0,
        overcommitMode,
        lastRunMs: {},
        kinds: actionKinds,
      });
      const advisory = first?.verdict === "skip" ? " (advisory here)" : "";
      return `${rule.name}: ${rule.actions.map(wordOf).join(", ")}${advisory}`;
    })
    .join("; ");
}

/** Its owner was checked when the configuration was read. */
export function checkExecutable(path: string): string {
  accessSync(path, constants.X_OK);
  return "there, executable and safely owned; not started";
}
