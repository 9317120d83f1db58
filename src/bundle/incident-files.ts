/** The incident's own directory: the record, evidence, output of actions, debug dumps. */

import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import type { IncidentSummary } from "../core/incident.ts";
import { openBelow } from "../linux/open-below.ts";
import { walkDirectory } from "../linux/walk-directory.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import { leftOut, type Missing, type Part, type PartOptions } from "./part.ts";
import { fitsHeader } from "./tar.ts";

const isDebugDump = (name: string) => /^dump\d+\.bin/.test(basename(name));
/** The copy of a crash dump that went away with its container; it goes in as the crash dump. */
const isCrashCopy = (name: string) => basename(name).startsWith("crash-");

/** What lies in the directory itself, the dumps unless `redact`: an action, or NSO, may have left links to anything. */
export function incidentFiles({ dir }: IncidentLog, summary: IncidentSummary, options: PartOptions): Part {
  const { files, leftOut: others } = walkDirectory(dir);
  const part: Part = { files: [], missing: others.map(({ name, why }) => ({ what: name, why })) };
  for (const file of files) {
    if (isCrashCopy(file) || (options.redact && isDebugDump(file))) continue;
    const name = isDebugDump(file) ? `debug-dumps/${file}` : file;
    const why = whyNot(join(dir, file), `${options.root}/${name}`);
    if (why === undefined) part.files.push({ name, open: () => openBelow(dir, file) });
    else part.missing.push({ what: file, why });
  }
  part.missing.push(...missingDebugDumps(dir, summary, options));
  return part;
}

function whyNot(path: string, archived: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return "it has gone meanwhile";
  if (found.nlink > 1) return "it has a second name elsewhere (a hard link)";
  return fitsHeader(archived) ? undefined : "its name is too long for the archive";
}

function missingDebugDumps(dir: string, { debugDumps }: IncidentSummary, { redact }: PartOptions): Missing[] {
  return debugDumps.flatMap((path): Missing[] => {
    const what = basename(path);
    if (redact) return [{ what, why: leftOut }];
    const isThere = lstatSync(join(dir, what), { throwIfNoEntry: false }) !== undefined;
    return isThere ? [] : [{ what, why: `${path} is not there any more` }];
  });
}
