/**
 * Who grew is said while the dump is still being written: its figures come first. So they are kept where it is cut later
 * on. Not while memory is critical: what the dump needs is not taken from it.
 */

import type { DumpFile } from "../../core/dump-verdict.ts";
import type { FollowedDump } from "./ports.ts";

/** The ledger of a small NSO has 300 KB. */
const firstBytesMin = 256 * 1024;
/** Each attempt at twice the size of the one before: the ledger of 100,000 processes has 54 MB. */
const attemptsMax = 12;

/** To be told of the dump each time it has grown. Reads once. */
export function earlyReader({ dump, memory }: FollowedDump): (file: DumpFile) => void {
  let nextBytes = firstBytesMin;
  let attempts = 0;
  let isBusy = false;
  const mayGoOn = () => !memory.isCritical();
  return (file) => {
    if (isBusy || attempts >= attemptsMax || file.bytes < nextBytes || !mayGoOn()) return;
    isBusy = true;
    attempts++;
    nextBytes = file.bytes * 2;
    void dump.read({ path: file.path, part: "ledger", mayGoOn }).then((says) => {
      isBusy = false;
      // It is read, or cannot be: the reading of the whole says more.
      if (says.kind !== "early") attempts = attemptsMax;
    });
  };
}
