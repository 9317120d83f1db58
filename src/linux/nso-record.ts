/** Reads what is kept of a core for the time after it: whose it is, and where it has its files. */

import { type NsoRecord, variablesWithoutSecrets } from "../core/nso-record.ts";
import { readCoreUser } from "./core-user.ts";
import { rootOf } from "./mount-root.ts";
import { type Core, readWorkingDirectory } from "./nso.ts";

/** Undefined when the core is gone, and where it cannot be told whose words these are. */
export function readNsoRecord(procDir: string, core: Core): NsoRecord | undefined {
  const user = readCoreUser(procDir, core);
  if (!user || user.doubt !== undefined) return undefined;
  const { uid, gid, groups, executable, variables } = user;
  return {
    ...{ uid, gid, groups, executable },
    confFile: core.confFile,
    runDir: readWorkingDirectory(procDir, core.pid),
    isContained: rootOf(procDir, core.pid) !== "/",
    variables: variablesWithoutSecrets(variables),
  };
}
