/** The executables that `run:` actions name: whether each is there and may be executed. */

import { statSync } from "node:fs";
import { pathOf, wordOf } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { ConfigIssue } from "../core/config-issue.ts";
import { startObstacle } from "../linux/start-obstacle.ts";
import { unfitness } from "../linux/trusted-command.ts";
import { ruleLists } from "./rule-lists.ts";

/** Every executable once, in the order of the rules. */
export function executablesOf(config: Config): string[] {
  const actions = ruleLists(config).flatMap((list) => list.actions);
  return [...new Set(actions.flatMap((spec) => pathOf(spec) ?? []))];
}

export function executableIssues(config: Config): ConfigIssue[] {
  return ruleLists(config).flatMap(({ actions, path }) =>
    actions.flatMap((spec, index): ConfigIssue[] => {
      const executable = pathOf(spec);
      const complaint = executable === undefined ? undefined : complaintOf(executable);
      return complaint ? [{ path: [...path, index], message: complaint, given: wordOf(spec) }] : [];
    }),
  );
}

/** Whether it is safe to run is another question, with an error of its own: `refuseUnsafe`. */
function complaintOf(path: string): string | undefined {
  const obstacle = startObstacle(path, process.env.PATH);
  const unfit = unfitness(path, "ourselves");
  return obstacle ?? (unfit?.kind === "unsafe" ? undefined : unfit?.complaint);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
