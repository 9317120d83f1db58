/** The incident's own directory, and the dumps that belong to it. */

import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { IncidentSummary } from "../core/incident.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import type { BundleFile } from "./archive.ts";
import type { Missing, Part } from "./part.ts";

const isDebugDump = (name: string) => /^dump\d+\.bin/.test(name);
/** The copy of a crash dump that went away with its container; it goes in as the crash dump. */
const isCrashDump = (name: string) => name.startsWith("crash-");
const leftOut = "left out (--redact)";

/** The record, the state of the host at each level, output of the operator's own actions; the dumps unless `redact`. */
export function incidentFiles(
  { dir }: IncidentLog,
  summary: IncidentSummary,
  { redact }: { redact: boolean },
): Part {
  const crashDump = crashDumpPart(summary, redact);
  return {
    files: [...ownFiles(dir, redact), ...crashDump.files],
    missing: [...missingDebugDumps(dir, summary, redact), ...crashDump.missing],
  };
}

function ownFiles(dir: string, redact: boolean): BundleFile[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(({ name }) => !isCrashDump(name) && !(redact && isDebugDump(name)))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: nameInBundle(path.slice(dir.length + 1)), path }));
}

function nameInBundle(name: string): string {
  return isDebugDump(name) ? `debug-dumps/${name}` : name;
}

function missingDebugDumps(dir: string, { debugDumps }: IncidentSummary, redact: boolean): Missing[] {
  return debugDumps.flatMap((path): Missing[] => {
    const what = basename(path);
    if (redact) return [{ what, why: leftOut }];
    const isThere = statSync(join(dir, what), { throwIfNoEntry: false }) !== undefined;
    return isThere ? [] : [{ what, why: `${path} is not there any more` }];
  });
}

function crashDumpPart({ crashDump }: IncidentSummary, redact: boolean): Part {
  if (!crashDump) return { files: [], missing: [] };
  const { path, bytes } = crashDump;
  const name = `crash-dump/${basename(path)}`;
  const why = redact ? leftOut : crashDumpProblem(path, bytes);
  return why === undefined
    ? { files: [{ name, path }], missing: [] }
    : { files: [], missing: [{ what: name, why }] };
}

/** The file at the path of the verdict may be another by now: NSO overwrites it. */
function crashDumpProblem(path: string, bytes: number): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return `${path} is not there any more, or lies in a container that has ended`;
  if (found.size === bytes) return undefined;
  return `${path} is another file by now: it has ${found.size} bytes, and the dump had ${bytes}`;
}
