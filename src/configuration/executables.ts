/** The executables that `run:` actions name: whether each is there and may be executed. */

import { accessSync, constants, statSync } from "node:fs";
import { pathOf, wordOf } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { ConfigIssue } from "../core/config-issue.ts";
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

function complaintOf(path: string): string | undefined {
  if (!isFile(path)) return `${path} is not there, or not a file`;
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return `${path} may not be executed; mend it with: chmod u+x ${path}`;
  }
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
