/** The command line of NSO's core (facts 3.1), under which the stand-in runs. */

import { confFile, nsoDir } from "../core/nso-places.ts";

/** What follows argv[0]. `root` is the core's installation, `conffile` the file by which several cores are told apart. */
export function coreArguments({
  root = `${nsoDir}/lib/ncs`,
  conffile = confFile,
}: {
  root?: string;
  conffile?: string | undefined;
} = {}): string[] {
  return [
    ...["-K", "true", "-P", "277140", "--", "-root", root, "-progname", "ncs", "--", "-home", "/", "--"],
    ...["-boot", "ncs", "-ncs", "true", "-noshell", "-noinput", "-foreground", "-yaws", "embedded", "true"],
    ...["-kernel", "gethost_poolsize", "16", "-stacktrace_depth", "24", "-shutdown_time", "30000"],
    ...["-conffile", conffile, "-max_fds", "1000000", "--"],
  ];
}
