/** `--home` and `--config` as paths and a configuration. Apart from options.ts, because reading one loads zod. */

import { type PreparedConfig, prepareConfig } from "../configuration/prepare.ts";
import { readTrustedConfig } from "../configuration/read.ts";
import type { Config } from "../core/config.ts";
import type { Paths } from "../record/paths.ts";
import { type HomeArgs, pathsOf, placesOf } from "./options.ts";

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
  const paths = pathsOf(args);
  const readConfigAgain = () => prepareConfig(...configFileOf(args));
  return { paths, config: await readConfigAgain(), readConfigAgain };
}
