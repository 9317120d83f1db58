/** Daemons that kill before the kernel does, and how much is free when they do (facts 2.20). */

/** By the name of their process. */
export const oomDaemons = ["earlyoom", "systemd-oomd", "nohang", "oomd"] as const;
export type OomDaemonName = (typeof oomDaemons)[number];

export interface OomDaemon {
  name: OomDaemonName;
  pid: number;
  argv: readonly string[];
}

export function isOomDaemon(name: string): name is OomDaemonName {
  return oomDaemons.some((one) => one === name);
}

/** How much may be free at most when earlyoom sends SIGTERM, in percent: the lesser of -m and -M. See earlyoom(1). */
export function earlyoomPercent(argv: readonly string[], memTotalKib: number): number {
  const percents = optionValues(argv, "-m").map((value) => Number.parseFloat(value));
  const sizes = optionValues(argv, "-M").map((value) => (100 * Number.parseFloat(value)) / memTotalKib);
  const known = [percents.at(-1), sizes.at(-1)].filter(
    (one): one is number => one !== undefined && Number.isFinite(one),
  );
  return known.length === 0 ? earlyoomDefaultPercent : Math.min(...known);
}

const earlyoomDefaultPercent = 10;

/** `-m 4,2` and `-m4,2`. */
function optionValues(argv: readonly string[], option: string): string[] {
  return argv.flatMap((word, index) => {
    if (word === option) return argv[index + 1] ?? [];
    return word.startsWith(option) && !word.startsWith("--") ? word.slice(option.length) : [];
  });
}
