/** `--home` and `--config` as paths and a configuration. Apart from options.ts: a status needs no validator. */

import { type PreparedConfig, prepareConfig } from "../configuration/prepare.ts";
import { loadConfig } from "../configuration/read.ts";
import type { Config } from "../core/config.ts";
import { type Paths, resolvePaths } from "../record/paths.ts";

export interface SettingsArgs {
  home?: string | undefined;
  name?: string | undefined;
  config?: string | undefined;
}

/** Throws NsomemError CONFIG (exit 2). */
export function settings(args: SettingsArgs): { paths: Paths; config: Config } {
  const paths = resolvePaths({ home: args.home, name: args.name });
  const config = loadConfig(args.config ?? paths.config, { required: args.config !== undefined });
  return { paths, config };
}

/** For commands that act on it: with callbacks inspected, executables and owners checked. Throws NsomemError (exit 2). */
export async function preparedSettings(args: SettingsArgs): Promise<{
  paths: Paths;
  config: PreparedConfig;
  readConfigAgain: () => Promise<PreparedConfig>;
}> {
  const paths = resolvePaths({ home: args.home, name: args.name });
  const file = args.config ?? paths.config;
  const readConfigAgain = () => prepareConfig(file, { required: args.config !== undefined });
  return { paths, config: await readConfigAgain(), readConfigAgain };
}
