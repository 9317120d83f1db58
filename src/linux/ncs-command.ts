/** NSO's `ncs` command, which takes the debug dumps: found, checked, and as whom it is run. */

import { dirname, join } from "node:path";
import { nsoDir } from "../core/nso-places.ts";
import { environmentFor } from "./child-environment.ts";
import type { CoreUser } from "./core-user.ts";
import { mayGuide, type RunAs, runAsFor } from "./run-as.ts";
import { unfitness } from "./trusted-command.ts";

export interface NcsCommand {
  /** Absolute. */
  path: string;
  runAs: RunAs;
  env: Record<string, string>;
  /** Commands of that name which came first and are not safe to run, each with the command that mends it. */
  passedOver: string[];
}

/** What the search may look at. */
export interface NcsSearch {
  configured: string | undefined;
  /** Undefined where there is none, or none is known. */
  core: CoreUser | undefined;
}

/**
 * The first fit `ncs` in the order: configuration; our PATH and $NCS_DIR/bin, which are the operator's; the core's
 * $NCS_DIR/bin; /opt/ncs/current/bin; beside the core's own executable, and in a `bin` above it. What a core says of
 * itself counts for its own user alone, as whom we are then: of another user's it is the executable that counts, which
 * the kernel names, and what is found there is run as that user, who could run it himself.
 */
export function findNcs({ configured, core }: NcsSearch): { ncs: NcsCommand } | { complaint: string } {
  const runAs = runAsFor(core);
  if (typeof runAs === "object" && "refusal" in runAs) return { complaint: runAs.refusal };
  const guide = core && mayGuide(core, runAs) ? core : undefined;
  const candidates = configured === undefined ? placesOf(guide, runAs === "ourselves") : [configured];
  const passedOver: string[] = [];
  const unusable: string[] = [];
  for (const path of candidates) {
    const unfit = unfitness(path, runAs);
    if (!unfit) return { ncs: { path, runAs, env: environmentFor(runAs, core), passedOver } };
    if (unfit.kind === "unsafe") passedOver.push(`refused: ${unfit.complaint}`);
    if (unfit.kind === "not executable") unusable.push(unfit.complaint);
  }
  const lookedIn =
    configured ??
    `any of ${candidates.length} directories (PATH, NCS_DIR, ${nsoDir}, around NSO's executable)`;
  const [why = `ncs not found in ${lookedIn}`] = [...passedOver, ...unusable];
  return { complaint: configured === undefined ? `${why}; or set [nso] command` : why };
}

function placesOf(guide: CoreUser | undefined, isOurs: boolean): string[] {
  const word = isOurs ? guide : undefined;
  const dirs = [
    // An empty or relative entry of PATH would run what lies in the current directory.
    ...(process.env.PATH ?? "").split(":").filter((dir) => dir.startsWith("/")),
    ...binOf(process.env.NCS_DIR),
    ...binOf(word?.variables.NCS_DIR),
    join(nsoDir, "bin"),
    ...besideExecutable(guide?.executable ?? word?.argv0),
  ];
  return [...new Set(dirs.map((dir) => join(dir, "ncs")))];
}

function binOf(ncsDir: string | undefined): string[] {
  return ncsDir?.startsWith("/") ? [join(ncsDir, "bin")] : [];
}

/** Its own directory, and `bin` in each directory above: an installation keeps ncs four levels up. */
function besideExecutable(executable: string | undefined): string[] {
  if (!executable?.startsWith("/")) return [];
  const own = dirname(executable);
  const above: string[] = [];
  for (let dir = dirname(own); dir !== "/"; dir = dirname(dir)) above.push(join(dir, "bin"));
  return [own, ...above];
}
