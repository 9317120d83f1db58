/** The rules of the configuration, and the executables that they run. */

import { accessSync, constants } from "node:fs";
import { runPath } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import { decide, rulesOf } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import { madeUpFiring } from "./made-up-firing.ts";

/** What each rule would do on this host now. */
export function describeRules(config: Config, procDir: string): string {
  const overcommitMode = readOvercommitMode(procDir);
  return rulesOf(config)
    .filter(({ actions }) => actions.length > 0)
    .map((rule) => {
      const [first] = decide(madeUpFiring(rule), config, { nowMs: 0, overcommitMode, lastRunMs: {} });
      const advisory = first?.verdict === "skip" ? " (advisory here)" : "";
      return `${rule.name}: ${rule.actions.join(", ")}${advisory}`;
    })
    .join("; ");
}

export function executablesOf(config: Config): string[] {
  return [
    ...new Set(rulesOf(config).flatMap(({ actions }) => actions.flatMap((word) => runPath(word) ?? []))),
  ];
}

/** Its owner was checked when the configuration was read. */
export function checkExecutable(path: string): string {
  accessSync(path, constants.X_OK);
  return "there, executable and safely owned; not started";
}
