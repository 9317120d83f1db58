/** The lines of NSO's own logs from the time of the incident. */

import { basename, dirname, join } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { type LogKind, logKinds } from "../core/ncs-conf-places.ts";
import { nsoTimeOf } from "../core/nso-stamp.ts";
import { formatKib } from "../core/units.ts";
import { findLogRange, type TimeWindow } from "../linux/log-range.ts";
import { listOwned, openOwned } from "../linux/owned-file.ts";
import { answerOf } from "./answer.ts";
import type { NsoConf } from "./nso-conf.ts";
import { absolutePath, type NsoView, runDirsOf } from "./nso-view.ts";
import { leftOut, type Part, type PartOptions } from "./part.ts";
import { fitsHeader } from "./tar.ts";

export interface LogsRequest extends PartOptions {
  view: NsoView;
  places: NsoConf["places"];
  window: TimeWindow;
}

/** Of one log; a busy devel.log writes some MB an hour. */
const bytesMax = 4 * 1024 * 1024;
const filesMax = 200;
const allBytesMax = 64 * 1024 * 1024;

/** NSO's error log is a ring of numbered binary files with an index; of the others logrotate keeps the last one. */
const suffixes: Record<LogKind, readonly string[]> = {
  "ncs-log": ["", ".1"],
  "developer-log": ["", ".1"],
  "error-log": ["", ".idx", ".siz", ".1", ".2", ".3", ".4", ".5"],
};

const usualNames: Record<LogKind, string> = {
  "ncs-log": "ncs.log",
  "developer-log": "devel.log",
  "error-log": "ncserr.log",
};

/** What is looked for by name beside them. NSO keeps these names in its database, not in ncs.conf. */
const beside = /^ncs-(?:java|python)-vm[\w.-]*\.log$/;

/** What is taken so far, and what may still be. */
interface Collector {
  request: LogsRequest;
  part: Part;
  filesLeft: number;
  bytesLeft: number;
}

export async function nsoLogs(request: LogsRequest): Promise<Part> {
  const part: Part = { files: [], missing: [] };
  if (request.redact) {
    const why = `${leftOut}: they quote configuration data, and what packages print`;
    return { files: [], missing: [{ what: "nso/logs", why }] };
  }
  const collector = { request, part, filesLeft: filesMax, bytesLeft: allBytesMax };
  const directories = logDirs(request);
  const missing = (name: string, why: string) =>
    part.missing.push({ what: `nso/logs/${name}`, why: request.view.gone ?? why });
  for (const kind of logKinds) {
    const isDisabled = request.places?.disabled.includes(kind) ?? false;
    const why = isDisabled
      ? "ncs.conf has it switched off"
      : await takeFirst(kind, pathsOf(kind, request, directories), collector);
    if (why !== undefined) missing(usualNames[kind], why);
  }
  const found = await takeVmLogs(directories, collector);
  for (const [name, form] of vmLogs)
    if (!found.some((one) => form.test(one))) missing(name, `none in ${directories.join(", ")}`);
  return part;
}

const vmLogs: [string, RegExp][] = [
  ["ncs-java-vm.log", /^ncs-java-vm/],
  ["ncs-python-vm-NAME.log", /^ncs-python-vm/],
];

/** On a host with several NSO the usual places may be another's: they count where ncs.conf names none. */
function logDirs({ view, places }: LogsRequest): string[] {
  const named = Object.values(places?.logs ?? {}).flatMap((path) => absolutePath(path, view) ?? []);
  const below = runDirsOf(view).map((dir) => join(dir, "logs"));
  const usual = named.length > 0 ? [] : ["/var/log/ncs", "/log"];
  return [...new Set([...named.map((path) => dirname(path)), ...below, ...usual])];
}

function pathsOf(kind: LogKind, { view, places }: LogsRequest, directories: readonly string[]): string[] {
  const named = places?.logs[kind];
  const path = named === undefined ? undefined : absolutePath(named, view);
  return path === undefined ? directories.map((dir) => join(dir, usualNames[kind])) : [path];
}

/** Of the first path that is there. Undefined, or why there is none. */
async function takeFirst(
  kind: LogKind,
  paths: readonly string[],
  collector: Collector,
): Promise<string | undefined> {
  const reasons: string[] = [];
  for (const path of paths) {
    // By its name too: ncs.conf is the word of NSO's user, and root reads.
    if (!/log/i.test(basename(path))) {
      reasons.push(`${path}: it is not named as a log`);
      continue;
    }
    const results: (string | undefined)[] = [];
    for (const suffix of suffixes[kind])
      results.push(await take(`${path}${suffix}`, collector, { isWhole: kind === "error-log" }));
    if (results.includes(undefined)) return undefined;
    reasons.push(`${path}: ${results[0]}`);
  }
  return reasons.join("; ");
}

/** The names that were found, taken or not. */
async function takeVmLogs(directories: readonly string[], collector: Collector): Promise<string[]> {
  const { request, part } = collector;
  const found: string[] = [];
  for (const directory of directories) {
    const names = await answerOf(listOwned(directory, request.view.territory));
    for (const name of "why" in names ? [] : names.value.filter((one) => beside.test(one))) {
      found.push(name);
      const why = await take(join(directory, name), collector, { isWhole: false });
      if (why !== undefined) part.missing.push({ what: `nso/logs/${name}`, why });
    }
  }
  return found;
}

/** Undefined where it was taken, else why not. */
async function take(
  path: string,
  collector: Collector,
  { isWhole }: { isWhole: boolean },
): Promise<string | undefined> {
  const { request, part } = collector;
  const { view, window, root } = request;
  const name = `nso/logs/${basename(path)}`;
  if (!fitsHeader(`${root}/${name}`)) return "its name is too long for the archive";
  if (part.files.some((one) => one.name === name)) return "another log of that name is in here";
  if (collector.filesLeft <= 0 || collector.bytesLeft <= 0)
    return `more than ${filesMax} logs or ${formatKib(allBytesMax / 1024)} of them`;
  const open = () => openOwned(path, view.territory);
  const most = Math.min(bytesMax, collector.bytesLeft);
  const range = await answerOf(rangeOf(open, { window, most, isWhole }));
  if ("why" in range) return range.why;
  const { from, bytes } = range.value;
  collector.filesLeft--;
  collector.bytesLeft -= bytes;
  part.files.push({
    name,
    open: async () => {
      const { file, stats } = await open();
      return { file, stats: { size: bytes, mtimeMs: stats.mtimeMs }, from };
    },
  });
  return undefined;
}

async function rangeOf(
  open: () => ReturnType<typeof openOwned>,
  { window, most, isWhole }: { window: TimeWindow; most: number; isWhole: boolean },
): Promise<{ from: number; bytes: number }> {
  const { file, stats } = await open();
  try {
    // A piece of the ring cannot be read by `ncs --printlog`.
    if (isWhole && stats.size > most)
      throw new NsomemError("LOG", `it has ${formatKib(stats.size / 1024)}, and is of use only whole`);
    if (isWhole) return { from: 0, bytes: stats.size };
    const range = await findLogRange(file, stats.size, { ...window, bytesMax: most, timeOf: nsoTimeOf });
    return range ?? { from: 0, bytes: 0 };
  } finally {
    await file.close();
  }
}
