/** NSO's command lines as they stand in /proc/PID/cmdline. Source: facts 3.1. */

import { nsoDir } from "../../src/core/nso-places.ts";
import { coreArguments as nsoArguments } from "../../src/demo/command-line.ts";

export { coreExecutable } from "../../src/core/nso-places.ts";

/**
 * What follows the executable in the core's argument vector. A real BEAM wants `root` to hold lib/ and bin/ncs.boot,
 * and from OTP 25 on `-bindir`, which NSO's own line in facts 3.1 does not have.
 */
export function coreArguments({
  bindir,
  ...options
}: {
  root?: string;
  bindir?: string;
  conffile?: string | undefined;
} = {}): string[] {
  const words = nsoArguments(options);
  return bindir === undefined ? words : words.toSpliced(words.indexOf("-progname"), 0, "-bindir", bindir);
}

/** What follows `java`. `classDir` stands beside NSO's own class path. */
export function jvmArguments(classDir: string, heapMib: number): string[] {
  return [
    ...["-classpath", `${classDir}:${nsoDir}/java/jar/*`, `-Xmx${heapMib}m`],
    ...["-Dhost=127.0.0.1", "-Dport=4569", "-Djvm.restart.enabled=false"],
    "com.tailf.ncs.NcsJVMLauncher",
  ];
}

/** What follows `python3`. `script` must end in `/ncs_pyvm/startup.py`. */
export function pythonArguments(script: string, name: string): string[] {
  return ["-u", script, "-l", "info", "-f", "./logs/ncs-python-vm", "-i", name];
}
