/** Which columns the series of a recording have, in the order in which rows give them. */

import type { CeilingSeries, HostSeries, ProcessSeries } from "../core/recording.ts";

export const hostColumns = [
  "atMs",
  "memUsedKib",
  "memTotalKib",
  "committedKib",
  "commitLimitKib",
] as const satisfies readonly (keyof HostSeries)[];

export const processColumns = [
  "atMs",
  "rssKib",
  "allocatedKib",
] as const satisfies readonly (keyof ProcessSeries)[];

export const ceilingColumns = [
  "atMs",
  "usedKib",
  "limitKib",
] as const satisfies readonly (keyof CeilingSeries)[];
