/** The NSO of an incident as this bundle can reach it: whose files, in which root, and where they are. */

import { dirname, join, resolve } from "node:path";
import type { Config } from "../core/config.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { confFileOf } from "../core/nso.ts";
import { nsoDir, nsoDirectories, confFile as usualConfFile } from "../core/nso-places.ts";
import { type NsoRecord, nsoRecordName, parseNsoRecord } from "../core/nso-record.ts";
import { type CoreChoice, rankedCores, usersOf } from "../linux/choose-core.ts";
import { rootOf } from "../linux/mount-root.ts";
import type { Core } from "../linux/nso.ts";
import { readNsoRecord } from "../linux/nso-record.ts";
import { openBelow } from "../linux/open-below.ts";
import type { Territory } from "../linux/owned-file.ts";
import { readTextLater } from "../linux/regular-file.ts";
import { kernelRoots } from "../linux/roots.ts";

export interface NsoView {
  territory: Territory;
  /** "of PID 4711, which runs now", "as recorded at the incident", "not known: the usual places". */
  source: string;
  /** The core that runs now, where it is this incident's NSO. */
  core: Core | undefined;
  /** Why its files cannot be reached any more. */
  gone: string | undefined;
  /** Absolute, in the root of `territory`. */
  confFile: string;
  runDir: string | undefined;
  variables: Record<string, string> | undefined;
  /** Where it may be installed, the likeliest first. */
  installDirs: string[];
}

export interface ViewRequest {
  config: Config;
  choice: CoreChoice;
  incidentDir: string;
  summary: IncidentSummary;
}

export async function viewNso({ config, choice, incidentDir, summary }: ViewRequest): Promise<NsoView> {
  const { procDir } = kernelRoots();
  const kept =
    (await keptRecord(incidentDir, "at-critical")) ?? (await keptRecord(incidentDir, "at-warning"));
  const core = runningCore(procDir, choice, confFileOf(summary.begun?.argv ?? []) ?? kept?.confFile);
  const record = (core && readNsoRecord(procDir, core)) ?? kept;
  const root = core ? rootOf(procDir, core.pid) : "/";
  const runDir = config.nso.run_dir ?? record?.runDir ?? runDirOf(summary);
  const named = config.nso.conffile ?? record?.confFile ?? confFileOf(summary.begun?.argv ?? []);
  return {
    territory: { root, user: record ?? usualUser(choice) },
    source: core ? `of PID ${core.pid}, which runs now` : kept ? "as recorded at the incident" : "not known",
    core,
    gone: !core && kept?.isContained ? "it lay in a container that has ended" : undefined,
    confFile: named === undefined ? usualConfFile : resolve(runDir ?? "/", named),
    runDir,
    variables: record?.variables,
    installDirs: installDirsOf(record, summary.begun?.argv ?? core?.argv ?? []),
  };
}

/** The one with the incident's ncs.conf: on a host with several, another one's logs say nothing of this. */
function runningCore(procDir: string, choice: CoreChoice, confFile: string | undefined): Core | undefined {
  const { taken } = rankedCores(procDir, choice);
  const same = confFile === undefined ? taken : taken.filter((core) => core.confFile === confFile);
  return same.length === 1 ? same[0] : undefined;
}

const recordBytesMax = 256 * 1024;

async function keptRecord(incidentDir: string, moment: string): Promise<NsoRecord | undefined> {
  try {
    const { file, stats } = await openBelow(incidentDir, `${moment}/${nsoRecordName}`);
    try {
      return parseNsoRecord(await readTextLater(file, Math.min(stats.size, recordBytesMax)));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** NSO writes its dump there as a rule. */
function runDirOf({ begun }: IncidentSummary): string | undefined {
  const place = begun?.places.find((path) => /\/(?:ncs|erl)_crash\.dump$/.test(path));
  return place === undefined ? undefined : dirname(place);
}

/** Whoever owns NSO's directories runs it; his groups are not known. */
function usualUser(choice: CoreChoice): Territory["user"] {
  const uid = usersOf({ ...choice, pid: undefined }).at(-1) ?? 0;
  return { uid, gid: -1, groups: [] };
}

function installDirsOf(record: NsoRecord | undefined, argv: readonly string[]): string[] {
  const rootArgument = argv[argv.indexOf("-root") + 1];
  const dirs = [
    record?.variables.NCS_DIR,
    aboveLib(record?.executable),
    argv.includes("-root") ? aboveLib(rootArgument) : undefined,
    aboveLib(argv[0]),
    nsoDir,
  ];
  return [...new Set(dirs.filter((dir): dir is string => dir?.startsWith("/") ?? false))];
}

/** `/opt/ncs/current` of `/opt/ncs/current/lib/ncs/erts/bin/ncs.smp`. */
function aboveLib(path: string | undefined): string | undefined {
  const at = path?.lastIndexOf("/lib/ncs") ?? -1;
  return at > 0 ? path?.slice(0, at) : undefined;
}

/** Its run directory, and the usual ones where it is not known. */
export function runDirsOf({ runDir }: Pick<NsoView, "runDir">): string[] {
  return runDir === undefined ? nsoDirectories.filter((dir) => !/^\/(?:opt|etc)\//.test(dir)) : [runDir];
}

/** A path as ncs.conf writes it; undefined for a relative one of a run directory that is not known. */
export function absolutePath(path: string, { runDir }: Pick<NsoView, "runDir">): string | undefined {
  if (path.startsWith("/")) return path;
  return runDir === undefined ? undefined : join(runDir, path);
}
