/** The action list of every rule with its place in the configuration file, for complaints that show the line. */

import type { ActionSpec } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import { rulesOf } from "../core/rule.ts";
import { inheritedNames } from "../core/rule-name.ts";

export interface RuleList {
  /** The rule's name. */
  name: string;
  actions: readonly ActionSpec[];
  /** The keys that lead to the list: `actions.crit_phy`, or `rule[0].actions`. */
  path: PropertyKey[];
}

export function ruleLists(config: Config): RuleList[] {
  return rulesOf(config).map(({ name, actions }, index) => {
    const own = index - inheritedNames.length;
    return { name, actions, path: own < 0 ? ["actions", name] : ["rule", own, "actions"] };
  });
}
