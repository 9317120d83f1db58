/** The facts that an executable or a callback is given about the action that started it. */

import { type ActionFacts, factsOf } from "../../core/action-facts.ts";
import { readOvercommitMode } from "../../linux/procfs.ts";
import type { ActionContext } from "../action-context.ts";

export function factsFor({ action, target, incident, host }: ActionContext): ActionFacts {
  return factsOf({
    action,
    corePid: target?.core.pid,
    overcommitMode: readOvercommitMode(host.roots.procDir),
    dryRun: false,
    incidentDir: incident.dir,
  });
}
