/** The host and the settings as they are when the bundle is made: what was not kept at the moment of the incident. */

import { type Config, configJson } from "../core/config.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { confFileOf } from "../core/nso.ts";
import { commit, version } from "../core/version.ts";
import { type CoreChoice, chooseCore } from "../linux/choose-core.ts";
import { type CoreUser, readCoreUser } from "../linux/core-user.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { readMemorySection } from "../linux/ncs-conf.ts";
import { askNcsVersion } from "../linux/ncs-version.ts";
import { formatOomLines, readOomLines } from "../linux/oom-evidence.ts";
import { readOptional } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import type { Part } from "./part.ts";

export async function hostFiles(config: Config, choice: CoreChoice, summary: IncidentSummary): Promise<Part> {
  const section = await readMemorySection(confFileOf(summary.begun?.argv ?? []));
  const files = [
    { name: "now/configuration.json", text: configJson(config) },
    { name: "now/versions.txt", text: `${(await versions(config, choice)).join("\n")}\n` },
    { name: "now/kernel-oom.txt", text: formatOomLines(readOomLines() ?? []) },
    ...(section ? [{ name: "now/ncs-conf-memory.xml", text: `${section.xml}\n` }] : []),
  ];
  return { files, missing: [] };
}

async function versions(config: Config, choice: CoreChoice): Promise<string[]> {
  return [
    `nsomem ${version} (${commit})`,
    `bun ${Bun.version}`,
    `NSO: ${await ncsVersionOf(config, choice)}`,
    readOptional(`${kernelRoots().procDir}/version`)?.trim() ?? "kernel: not known",
    readOptional("/etc/os-release")?.trim() ?? "distribution: not known",
  ];
}

/** Of the NSO that runs now; an incident's record is no reason to run a command that it names. */
async function ncsVersionOf(config: Config, choice: CoreChoice): Promise<string> {
  const found = findNcs({ configured: config.nso.command, core: coreUserOf(choice) });
  if ("complaint" in found) return `not known: ${found.complaint}`;
  const answer = await askNcsVersion(found.ncs);
  return "version" in answer ? answer.version : `not known: ${answer.failure}`;
}

function coreUserOf(choice: CoreChoice): CoreUser | undefined {
  const { procDir } = kernelRoots();
  try {
    const { core } = chooseCore(procDir, choice);
    return core && readCoreUser(procDir, core);
  } catch {
    // Several, and none was named.
    return undefined;
  }
}
