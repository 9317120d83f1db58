/** The host and the settings as they are when the bundle is made: what was not kept at the moment of the incident. */

import { type Config, configJson } from "../core/config.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { confFileOf } from "../core/nso.ts";
import { commit, version } from "../core/version.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { readMemorySection } from "../linux/ncs-conf.ts";
import { askNcsVersion } from "../linux/ncs-version.ts";
import { formatOomLines, readOomLines } from "../linux/oom-evidence.ts";
import { readOptional } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import type { Part } from "./part.ts";

export async function hostFiles(config: Config, summary: IncidentSummary): Promise<Part> {
  const section = await readMemorySection(confFileOf(summary.begun?.argv ?? []));
  const files = [
    { name: "now/configuration.json", text: configJson(config) },
    { name: "now/versions.txt", text: `${(await versions(config, summary)).join("\n")}\n` },
    { name: "now/kernel-oom.txt", text: formatOomLines(readOomLines() ?? []) },
    ...(section ? [{ name: "now/ncs-conf-memory.xml", text: `${section.xml}\n` }] : []),
  ];
  return { files, missing: [] };
}

async function versions(config: Config, summary: IncidentSummary): Promise<string[]> {
  return [
    `nsomem ${version} (${commit})`,
    `bun ${Bun.version}`,
    `NSO: ${(await ncsVersionOf(config, summary)) ?? "not found"}`,
    readOptional(`${kernelRoots().procDir}/version`)?.trim() ?? "kernel: not known",
    readOptional("/etc/os-release")?.trim() ?? "distribution: not known",
  ];
}

async function ncsVersionOf(config: Config, { begun }: IncidentSummary): Promise<string | undefined> {
  const { ncs } = findNcs({
    configured: config.nso.command,
    path: process.env.PATH,
    ncsDir: process.env.NCS_DIR,
    coreExecutable: begun?.argv[0],
  });
  if (ncs === undefined) return undefined;
  const answer = await askNcsVersion(ncs);
  return "version" in answer && answer.version !== "" ? answer.version : undefined;
}
