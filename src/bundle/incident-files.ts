/** The incident's own directory: the record, evidence, output of actions, debug dumps. */

import { lstatSync } from "node:fs";
import { basename, join } from "node:path";
import { describeError } from "../core/errors.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { formatRecorded } from "../core/incident-step.ts";
import { redactStep } from "../core/redact-step.ts";
import { summaryFiles } from "../dump/summary.ts";
import { openBelow } from "../linux/open-below.ts";
import { readTextLater } from "../linux/regular-file.ts";
import { walkDirectory } from "../linux/walk-directory.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import { leftOut, type Missing, type Part, type PartOptions } from "./part.ts";
import { redactedDumpSummary, redactionOf } from "./redact-file.ts";
import { fitsHeader } from "./tar.ts";

const recordName = "incident.jsonl";
const isDebugDump = (name: string) => /^dump\d+\.bin/.test(basename(name));
/** The copy of a crash dump that went away with its container; it goes in as the crash dump. */
const isCrashCopy = (name: string) => basename(name).startsWith("crash-");

/** What lies in the directory itself: an action, or NSO, may have left links to anything. */
export async function incidentFiles(
  incident: IncidentLog,
  summary: IncidentSummary,
  options: PartOptions,
): Promise<Part> {
  const { dir } = incident;
  const { files, leftOut: others } = walkDirectory(dir);
  if (options.redact) return await redactedFiles(incident, files, missingDebugDumps(dir, summary, options));
  const part: Part = { files: [], missing: others.map(({ name, why }) => ({ what: name, why })) };
  for (const file of files) {
    if (isCrashCopy(file)) continue;
    const name = isDebugDump(file) ? `debug-dumps/${file}` : file;
    const why = whyNot(join(dir, file), `${options.root}/${name}`);
    if (why === undefined)
      part.files.push({ name, open: () => openBelow(dir, file), expectedBytes: sizeOf(join(dir, file)) });
    else part.missing.push({ what: file, why });
  }
  part.missing.push(...missingDebugDumps(dir, summary, options));
  return part;
}

function sizeOf(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** A known file has at most some hundred KB; what is larger is not what it is called. */
const redactedBytesMax = 4 * 1024 * 1024;

/** Those that nsomem gives; the name of any other is its maker's word. */
const ownName = /^(?:run|callback)-[\w.-]{1,80}\.txt$|^evidence(?:-\d+)?\/[a-z-]+\.(?:txt|json)$/;

async function redactedFiles(
  { dir, steps }: IncidentLog,
  names: readonly string[],
  missing: readonly Missing[],
): Promise<Part> {
  const record = steps.map((step) => `${formatRecorded(redactStep(step))}\n`).join("");
  const part: Part = { files: [{ name: recordName, text: record }], missing: [...missing] };
  for (const name of names) {
    if (isCrashCopy(name) || isDebugDump(name) || name === recordName || name === summaryFiles.text) continue;
    const redaction = redactionOf(name);
    if (!redaction && name !== summaryFiles.json) {
      const what = ownName.test(name) ? name : "a file that an action left";
      part.missing.push({ what, why: `${leftOut}: it may quote configuration data` });
      continue;
    }
    const text = await readBelow(dir, name);
    const kept = "why" in text ? undefined : redaction?.(text.value);
    if ("why" in text) part.missing.push({ what: name, why: text.why });
    else if (!redaction) part.files.push(...redactedDumpSummary(text.value));
    else if (kept !== undefined) part.files.push({ name, text: kept });
    else part.missing.push({ what: name, why: `${leftOut}: it is not in the form that it should have` });
  }
  return part;
}

async function readBelow(dir: string, name: string): Promise<{ value: string } | { why: string }> {
  try {
    const { file, stats } = await openBelow(dir, name);
    try {
      if (stats.nlink > 1) return { why: hardLink };
      if (stats.size > redactedBytesMax) return { why: `${leftOut}: it is too large to be looked through` };
      return { value: await readTextLater(file, stats.size) };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { why: describeError(error) };
  }
}

const hardLink = "it has a second name elsewhere (a hard link)";

function whyNot(path: string, archived: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return "it has gone meanwhile";
  if (found.nlink > 1) return hardLink;
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
