/** What a Python VM can tell without being asked: it gets no signal, whose default would be its death. */

import { readRssKib } from "../../../linux/procfs.ts";
import { censusMsMax, takeCensus } from "../memory/take-census.ts";
import type { Found, Piece, Subject } from "../piece.ts";
import { descendantsOf } from "../process-facts.ts";
import { censusTypes } from "./type-census.ts";

const types: Piece = {
  name: "type census",
  file: "python-types.txt",
  timeoutMs: censusMsMax + 1000,
  take: takeTypes,
};

export const pythonPieces: readonly Piece[] = [types];

/** Of the VM, or of the child of it that holds more. */
function takeTypes(subject: Subject): Found {
  const { procDir, pid } = subject;
  const [child] = descendantsOf(procDir, pid);
  const largest = child && child.rssKib > (readRssKib(procDir, pid) ?? 0) ? child : subject;
  const found = takeCensus(procDir, largest, { census: censusTypes, noun: "types" });
  if (largest === subject || found.headline === undefined) return found;
  return { ...found, headline: `${found.headline} in its child ${largest.pid}` };
}
