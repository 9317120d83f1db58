/** The crash dump of an incident, which lies where NSO wrote it. */

import { basename } from "node:path";
import { describeError, errnoOf, NsomemError } from "../core/errors.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { isCrashDump } from "../linux/dump-file.ts";
import { openRegularLater } from "../linux/regular-file.ts";
import { leftOut, type Part, type PartOptions } from "./part.ts";
import { fitsHeader } from "./tar.ts";

export async function crashDumpFile(
  { crashDump }: IncidentSummary,
  { redact, root }: PartOptions,
): Promise<Part> {
  if (!crashDump) return { files: [], missing: [] };
  const { path, bytes } = crashDump;
  const name = `crash-dump/${basename(path)}`;
  const open = () => openDump(path, bytes);
  const why = redact ? leftOut : ((await problemOf(open)) ?? problemOfName(`${root}/${name}`));
  if (why === undefined) return { files: [{ name, open, expectedBytes: bytes }], missing: [] };
  return { files: [], missing: [{ what: name, why }] };
}

function problemOfName(name: string): string | undefined {
  return fitsHeader(name) ? undefined : "its name is too long for the archive";
}

async function problemOf(open: () => Promise<Opened>): Promise<string | undefined> {
  try {
    const { file } = await open();
    await file.close();
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}

type Opened = Awaited<ReturnType<typeof openRegularLater>>;

/**
 * The file at the path of the verdict may be another by now: NSO overwrites it, and its directory is NSO's. A record
 * alone must not bring any file in, so it has to be a dump by its size and by its first line too.
 */
async function openDump(path: string, bytes: number): Promise<Opened> {
  const opened = await openThere(path);
  const why = await whyNot(path, opened, bytes);
  if (why === undefined) return opened;
  await opened.file.close();
  throw new NsomemError("DUMP", why);
}

async function openThere(path: string): Promise<Opened> {
  try {
    return await openRegularLater(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    throw new NsomemError("DUMP", `${path} is not there any more, or lies in a container that has ended`);
  }
}

async function whyNot(path: string, { file, stats }: Opened, bytes: number): Promise<string | undefined> {
  if (stats.size !== bytes)
    return `${path} is another file by now: it has ${stats.size} bytes, and the dump had ${bytes}`;
  return (await isCrashDump(file)) ? undefined : `${path} is no crash dump of Erlang by its first line`;
}
