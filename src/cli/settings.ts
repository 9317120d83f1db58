/** `--home` and `--config` as paths and a configuration. Apart from options.ts: a status needs no validator. */

import { loadConfig } from "../agent/configuration.ts";
import type { Config } from "../core/config.ts";
import { type Paths, resolvePaths } from "../linux/paths.ts";

/** Throws NsomemError CONFIG (exit 2). */
export function settings(args: { home?: string | undefined; config?: string | undefined }): {
  paths: Paths;
  config: Config;
} {
  const paths = resolvePaths({ home: args.home });
  const config = loadConfig(args.config ?? paths.config, { required: args.config !== undefined });
  return { paths, config };
}
