/** `--home` and `--config` as paths and a configuration. Apart from options.ts, because reading one loads zod. */

import { type PreparedConfig, prepareConfig } from "../configuration/prepare.ts";
import { readTrustedConfig } from "../configuration/read.ts";
import type { Config } from "../core/config.ts";
import { usageError } from "../core/errors.ts";
import { userName } from "../linux/users.ts";
import type { Paths } from "../record/paths.ts";
import { type HomeArgs, pathsOf, placesOf, serviceUserOf } from "./options.ts";

export interface SettingsArgs extends HomeArgs {
  config?: string | undefined;
}

/** The configuration ready to act on, and how to read it again. */
export interface PreparedSettings {
  paths: Paths;
  config: PreparedConfig;
  readConfigAgain: () => Promise<PreparedConfig>;
}

/** The configuration file: the one that `--config` names, which must exist, else the usual one, which need not. */
export function configFileOf(args: SettingsArgs): [path: string, options: { required: boolean }] {
  return args.config === undefined
    ? [placesOf(args).config, { required: false }]
    : [args.config, { required: true }];
}

/** Throws NsomemError CONFIG or UNTRUSTED (exit 2). */
export function settings(args: SettingsArgs): { paths: Paths; config: Config } {
  const paths = pathsOf(args);
  return { paths, config: readTrustedConfig(...configFileOf(args)).config };
}

/** For the commands that act: callbacks are inspected, executables and owners checked. Throws NsomemError (exit 2). */
export async function preparedSettings(args: SettingsArgs): Promise<PreparedSettings> {
  refuseForService(args);
  const paths = pathsOf(args);
  const readConfigAgain = () => prepareConfig(...configFileOf(args));
  return { paths, config: await readConfigAgain(), readConfigAgain };
}

/** Throws NsomemError USAGE (exit 2) for root where the service of another user has its places. */
function refuseForService(args: SettingsArgs): void {
  const places = placesOf(args);
  const user = serviceUserOf(args, places);
  if (user === undefined) return;
  const whose = `${places.state} belongs to ${userName(user.uid)}, as whom the service runs`;
  throw usageError(`${whose}: use "systemctl start nsomem", or another --home`);
}
