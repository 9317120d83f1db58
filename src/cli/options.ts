/** Options that several commands share. Loads neither zod nor consola: a status starts at once (facts 4.16). */

import { statSync } from "node:fs";
import type { ArgsDef } from "citty";
import type { Config } from "../core/config.ts";
import { NsomemError, usageError } from "../core/errors.ts";
import type { CoreChoice } from "../linux/choose-core.ts";
import { becomeOwner } from "../linux/least-rights.ts";
import { refuseForeign } from "../linux/private-directory.ts";
import { noSuchUser, uidOf, userName } from "../linux/users.ts";
import { type Paths, resolvePaths } from "../record/paths.ts";

/** `--home` and `--name`; `home` says what the directory means to this command. */
export function homeArgs(home: string) {
  return {
    home: { type: "string", valueHint: "DIR", description: home },
    name: {
      type: "string",
      valueHint: "NAME",
      description: "of several NSO on one host: a place of its own for each",
    },
  } as const satisfies ArgsDef;
}

/** Of the commands that look at what an agent keeps. */
export const agentsHome = "of the agent that was started with this --home";

export interface HomeArgs {
  home?: string | undefined;
  name?: string | undefined;
}

/**
 * Where the files of this nsomem are: directories that nobody else can put anything into, so that what is in them can
 * be believed. Throws NsomemError UNTRUSTED (exit 2) for others, before anything is read or written there, and USAGE
 * for a `--name` that is not one.
 */
export function pathsOf(args: HomeArgs): Paths {
  const paths = placesOf(args);
  const user = serviceUserOf(args, paths);
  if (user) becomeUser(user);
  for (const directory of new Set([paths.state, paths.runtime])) refuseForeign(directory);
  refuseForeign(paths.logs, { trustsGroups: true });
  return paths;
}

/** Whose service works in root's usual places, for root: the user that it runs as. */
export function serviceUserOf(
  { home }: HomeArgs,
  { state }: Pick<Paths, "state">,
): { uid: number; gid: number } | undefined {
  if (home !== undefined || process.geteuid?.() !== 0) return undefined;
  const found = statSync(state, { throwIfNoEntry: false });
  return found && found.uid !== 0 ? found : undefined;
}

/** Root believes no other user's files: what they say is read with that user's rights. Throws NsomemError USER. */
function becomeUser(user: { uid: number; gid: number }): void {
  const obstacle = becomeOwner(user);
  if (obstacle !== undefined)
    throw new NsomemError("USER", `${obstacle}: run this as ${userName(user.uid)}, as whom the service runs`);
}

/** The same for a command that keeps nothing there. */
export function placesOf({ home, name }: HomeArgs): Paths {
  return resolvePaths({ home, name });
}

export const configArg = {
  config: {
    type: "string",
    valueHint: "FILE",
    description: "configuration file (default: nsomem.toml in its usual place)",
  },
} as const satisfies ArgsDef;

/** Which NSO core, where several run. */
export const coreArgs = {
  pid: { type: "string", valueHint: "N", description: "the NSO core to watch, where several run" },
  conffile: { type: "string", valueHint: "FILE", description: "the same by the core's -conffile" },
  user: { type: "string", valueHint: "USER", description: "only a core of this user, by name or number" },
} as const satisfies ArgsDef;

export interface CoreArgs {
  pid?: string | undefined;
  conffile?: string | undefined;
  user?: string | undefined;
}

/**
 * The core that the command line names, else the one of the configuration: a PID is a name for itself, `--conffile`
 * and `--user` take the place of one key each. Throws NsomemError USAGE (exit 2).
 */
export function choiceOf(args: CoreArgs, configured: Partial<Config["nso"]>): CoreChoice {
  const { pid, conffile = configured.conffile, user = configured.user } = args;
  if (pid !== undefined && (args.conffile !== undefined || args.user !== undefined))
    throw usageError("--pid names a core, whatever its --conffile and --user; use one of them");
  if (pid !== undefined) return { pid: parsePid(pid) };
  if (args.conffile === undefined && args.user === undefined && configured.pid !== undefined)
    return { pid: configured.pid };
  const places = [configured.run_dir, configured.command].filter((place) => place !== undefined);
  const uid =
    user === undefined ? undefined : parseUser(user, args.user === undefined ? "[nso] user" : "--user");
  return { conffile, uid, places };
}

/** The number of a user. Throws NsomemError USAGE (exit 2) naming `where` it was given. */
function parseUser(user: string | number, where: string): number {
  const uid = uidOf(user);
  if (uid === undefined) throw usageError(`${where} is "${user}": ${noSuchUser}`);
  return uid;
}

/** A PID from the command line. Throws NsomemError USAGE (exit 2) naming the text. */
export function parsePid(text: string): number {
  const pid = Number(text);
  // 2^22 is the kernel's PID_MAX_LIMIT.
  if (!/^\d+$/.test(text) || pid < 1 || pid > 2 ** 22)
    throw usageError(`--pid takes a process number from 1 to ${2 ** 22}, not "${text}"`);
  return pid;
}
