/** The environment of a command that nsomem runs: a list of what may pass, for itself and for NSO's user. */

import type { CoreUser, UserIds } from "./core-user.ts";
import { mayGuide, type RunAs } from "./run-as.ts";
import { childEnv } from "./self.ts";
import { accountOf } from "./users.ts";

type Environment = Record<string, string>;

/**
 * For a child that runs so. The NCS_* variables say how to reach NSO (facts 3.5): ours, which the operator may have set,
 * and before them the core's, where the child runs as the core's user anyway; a stranger's never reach root's child.
 */
export function environmentFor(runAs: RunAs, core: CoreUser | undefined): Environment {
  const variables = core && mayGuide(core, runAs) ? core.variables : {};
  const own = childEnv(process.env);
  return { ...(runAs === "ourselves" ? own : userEnvironment(own, runAs)), ...variables };
}

/** As login gives it; see environ(7). */
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const passing = /^(LANG|LC_.*|TZ|NCS_.*)$/;

function userEnvironment(own: Environment, { uid }: UserIds): Environment {
  const account = accountOf(uid);
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => passing.test(name))),
    PATH: systemPath,
    HOME: account?.home || "/",
    ...(account ? { USER: account.name, LOGNAME: account.name } : {}),
  };
}
