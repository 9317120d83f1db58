/** The core's resource limits. RLIMIT_FSIZE cuts a dump silently; an address space limit ends the core too early. */

import { type Check, ok, warn } from "../core/check.ts";

/** Of the text of `/proc/PID/limits`; undefined where it cannot be read. See proc(5). */
export function checkLimits(text: string | undefined): Check {
  const name = "core's limits";
  if (text === undefined)
    return warn(name, "not readable", "run nsomem as root or as the user that NSO runs as");
  const soft = (limit: string) => softLimit(text, limit) ?? "unlimited";
  const limited = ["Max file size", "Max address space", "Max data size"]
    .map((limit) => [limit, soft(limit)] as const)
    .filter(([, value]) => value !== "unlimited");
  if (limited.length === 0)
    return ok(name, `file size and address space unlimited, ${soft("Max open files")} open files`);
  const found = limited.map(([limit, value]) => `${limit} ${value} bytes`).join(", ");
  return warn(
    name,
    found,
    "lift it where NSO is started: ulimit -f unlimited, or LimitFSIZE=infinity in its unit",
  );
}

/** The soft limit of that name in the text of a `limits` file, undefined where it has no such line. */
export function softLimit(text: string, limit: string): string | undefined {
  return new RegExp(`^${limit} {2,}(\\S+)`, "m").exec(text)?.[1];
}
