/** What the process that takes the evidence is told, as JSON on its standard input. */

import { asFlag, asText, asWhole, isRecord, oneOf, orNull, readFacts } from "../../core/fact.ts";
import { type ProcessGroup, processGroups } from "../../core/group.ts";
import type { ProcessIdentity } from "../../linux/procfs.ts";

export interface EvidenceTask extends ProcessIdentity {
  procDir: string;
  group: ProcessGroup;
  name: string;
  /** Where the files go; made by that process. */
  dir: string;
  mayAttach: boolean;
  ncs: string | null;
}

/** Throws where something is missing: both sides are of one build. */
export function parseTask(text: string): EvidenceTask {
  const document: unknown = JSON.parse(text);
  const facts = readFacts(isRecord(document) ? document : {}, {
    pid: asWhole,
    startTicks: asWhole,
    procDir: asText,
    group: oneOf(processGroups),
    name: asText,
    dir: asText,
    mayAttach: asFlag,
    ncs: orNull(asText),
  });
  if (Object.keys(facts).length < 8) throw new Error(`not the task of an evidence process: ${text}`);
  return facts as unknown as EvidenceTask;
}
