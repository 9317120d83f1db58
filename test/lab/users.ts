/** Processes of other users than the one who runs the tests. */

import { missingCommand } from "./missing.ts";

/** Why files cannot be given to other users here, or undefined. */
export const rootMissing: string | undefined = process.geteuid?.() === 0 ? undefined : "needs root";

/** Why no process of another user can be started here, or undefined. */
export const usersMissing: string | undefined = rootMissing ?? missingCommand("setpriv");

/** The words that start a command as `uid`, without any other group. */
export function asUser(uid: number): string[] {
  return ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
}
