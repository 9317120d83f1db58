/** Which process is NSO's, from its argument vector alone. The rules of facts 3.1; plot.sh holds the same in bash. */

import type { ProcessGroup } from "./group.ts";
import { shown } from "./shown.ts";

/** The part of NSO that an argument vector belongs to, and the name it is shown under. */
export interface NsoProcess {
  group: ProcessGroup;
  name: string;
}

/** What runs in a Python VM (facts 3.12). */
const vmScript = /\/ncs_pyvm\/(startup|upgrade)\.py$/;

const coreExecutables = new Set(["ncs.smp", "beam.smp", "ncs", "beam"]);

/**
 * Classifies `argv` (the NUL-separated tokens of `/proc/PID/cmdline`), or undefined when it is not NSO's.
 * Tokens are compared whole: a `vim` or `pgrep` whose arguments contain the words is not NSO.
 */
export function classify(argv: readonly string[]): NsoProcess | undefined {
  const [command] = argv;
  if (command === undefined) return undefined;
  const executable = baseName(command);
  const boot = valueAfter(argv, "-boot");
  if (coreExecutables.has(executable) && boot !== undefined && baseName(boot) === "ncs")
    return { group: "core", name: executable };
  if (executable === "java" && argv.includes("com.tailf.ncs.NcsJVMLauncher"))
    return { group: "javavm", name: "NcsJVMLauncher" };
  if (/^(python[0-9.]*|coverage)$/.test(executable)) {
    const script = argv.findIndex((token, index) => index > 0 && vmScript.test(token));
    const name = script > 0 ? vmNameOf(argv.slice(script + 1)) : undefined;
    // Only shown and compared with itself: safe from here on, in every table, log and file.
    if (name) return { group: "pythonvm", name: shown(name) };
  }
  return undefined;
}

/** The name among a Python VM's own arguments: `-i NAME`, `-iNAME`, `--id NAME` or `--id=NAME` (facts 3.12). */
function vmNameOf(args: readonly string[]): string | undefined {
  const index = args.findIndex((token) => /^(-i|--id$|--id=)/.test(token));
  const token = args[index];
  if (token === undefined) return undefined;
  if (token === "-i" || token === "--id") return args[index + 1];
  return token.slice(token.startsWith("--") ? "--id=".length : "-i".length);
}

/** The plain label in the command line of nsomem's own stand-in or decoy, for whoever looks at `ps`. */
export const standInLabel = "-nsomem_stand_in";

/** Whether a core is nsomem's own stand-in (demo, drill): never one to rescue unless it was named by its PID. */
export function isStandIn(argv: readonly string[]): boolean {
  return argv.includes(standInLabel);
}

/** The value of the core's `-conffile`, by which an operator knows one of several cores. */
export function confFileOf(argv: readonly string[]): string | undefined {
  return valueAfter(argv, "-conffile");
}

/**
 * The emulator flag that makes an old OTP die on SIGUSR1 without a dump (`+B`, seen as `-B`, `-Bd`, `-Bi` before
 * the first `--`; facts 3.4), or undefined.
 */
export function breakFlagOf(argv: readonly string[]): string | undefined {
  const end = argv.indexOf("--");
  return argv.slice(1, end < 0 ? undefined : end).find((token) => /^[-+]B[cdi]?$/.test(token));
}

/** Whether another process watches the core and starts it anew, which takes the crash dump away (facts 3.14). */
export function hasHeart(argv: readonly string[]): boolean {
  // What is behind -extra is for the program, see erl(1).
  const end = argv.indexOf("-extra");
  return argv.slice(1, end < 0 ? undefined : end).includes("-heart");
}

/** Splits the bytes of `/proc/PID/cmdline`. Kernel threads and zombies have none. */
export function parseCmdline(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\0") ? text.slice(0, -1) : text).split("\0");
}

function valueAfter(argv: readonly string[], flag: string): string | undefined {
  const index = argv.indexOf(flag);
  return index < 0 ? undefined : argv[index + 1];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
