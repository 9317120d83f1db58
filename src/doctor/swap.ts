/** Swap, and what it means for the percentages: they are of RAM, and a swap in RAM takes of it. */

import { type Check, ok, warn } from "../core/check.ts";
import type { Meminfo } from "../core/meminfo.ts";
import { formatKib } from "../core/units.ts";
import { readOptional } from "../linux/procfs.ts";

/** The percentages say nothing about swap: what is swapped out is not used, and what is free there is not available. */
const notCounted = "percentages are of RAM alone";

export function checkSwap(procDir: string, { swapTotalKib, memTotalKib }: Meminfo): Check {
  const name = "swap";
  const swappiness = Number(readOptional(`${procDir}/sys/vm/swappiness`));
  if (swapTotalKib === 0) return ok(name, `none; vm.swappiness ${swappiness}`);
  const zram = /^\S*\/zram\d+\s/m.test(readOptional(`${procDir}/swaps`) ?? "");
  const found = `${formatKib(swapTotalKib)}${zram ? " with zram" : ""}, vm.swappiness ${swappiness}; ${notCounted}`;
  if (swapTotalKib > memTotalKib)
    return warn(
      name,
      `${found}: more than RAM`,
      "a swapping NSO is slower than a restarted one; make it smaller",
    );
  if (zram)
    return warn(
      name,
      `${found}, and what goes to zram stays in RAM, compressed: less is given back than it seems`,
      "turn zram off on a server for NSO, or set vm.swappiness = 1",
    );
  if (swappiness <= 1) return ok(name, found);
  return warn(name, found, "NSO's guide recommends vm.swappiness = 1");
}
