/** Options that several commands share. */

import type { ArgsDef } from "citty";
import { NsomemError } from "../core/errors.ts";

export const homeArg = {
  home: { type: "string", valueHint: "DIR", description: "keep all files below DIR" },
} as const satisfies ArgsDef;

export const configArg = {
  config: {
    type: "string",
    valueHint: "FILE",
    description: "configuration file (default: nsomem.toml in its usual place)",
  },
} as const satisfies ArgsDef;

/** A PID from the command line. Throws NsomemError USAGE (exit 2) naming the text. */
export function parsePid(text: string): number {
  const pid = Number(text);
  // 2^22 is the kernel's PID_MAX_LIMIT.
  if (!/^\d+$/.test(text) || pid < 1 || pid > 2 ** 22)
    throw new NsomemError("USAGE", `--pid takes a process number from 1 to ${2 ** 22}, not "${text}"`, 2);
  return pid;
}
