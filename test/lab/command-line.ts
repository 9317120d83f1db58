/** NSO's command lines as they stand in /proc/PID/cmdline. Source: facts 3.1. */

/** Where a system install keeps NSO; the lab uses the same names below a directory of its own. */
export const nsoDir = "/opt/ncs/current";

/**
 * What follows the executable in the core's argument vector. A real BEAM wants `root` to hold lib/ and bin/ncs.boot,
 * and from OTP 25 on `-bindir`, which NSO's own line in facts 3.1 does not have.
 */
export function coreArguments({
  root = `${nsoDir}/lib/ncs`,
  bindir,
  conffile = "/etc/ncs/ncs.conf",
}: {
  root?: string;
  bindir?: string;
  conffile?: string | undefined;
} = {}): string[] {
  return [
    ...["-K", "true", "-P", "277140", "--"],
    ...["-root", root, ...(bindir === undefined ? [] : ["-bindir", bindir])],
    ...["-progname", "ncs", "--", "-home", "/", "--"],
    ...["-boot", "ncs", "-ncs", "true", "-noshell", "-noinput", "-foreground", "-yaws", "embedded", "true"],
    ...["-kernel", "gethost_poolsize", "16", "-stacktrace_depth", "24", "-shutdown_time", "30000"],
    ...["-conffile", conffile, "-max_fds", "1000000", "--"],
  ];
}

/** argv[0] of the core. */
export const coreExecutable = `${nsoDir}/lib/ncs/erts/bin/ncs.smp`;

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
