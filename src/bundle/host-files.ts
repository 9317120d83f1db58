/** The host and the settings as they are when the bundle is made: what was not kept at the moment of the incident. */

import { hostname } from "node:os";
import { type Config, configJson } from "../core/config.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { shown } from "../core/shown.ts";
import { commit, version } from "../core/version.ts";
import { formatOomLines, readOomLines } from "../linux/oom-evidence.ts";
import { readBootId, readOptional } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import { leftOut, type Part, type PartOptions } from "./part.ts";

export interface HostFacts {
  config: Config;
  summary: IncidentSummary;
  nsoVersion: string;
  nowMs: number;
}

export function hostFiles({ config, summary, nsoVersion, nowMs }: HostFacts, options: PartOptions): Part {
  const kernel = kernelOom(summary, nowMs);
  const files = [
    { name: "now/configuration.json", text: configJson(config) },
    { name: "now/versions.txt", text: `${versions(nsoVersion).join("\n")}\n` },
    { name: "now/host.txt", text: `${hostNameFor(options)}\n` },
    ...("text" in kernel ? [{ name: "now/kernel-oom.txt", text: kernel.text }] : []),
  ];
  return { files, missing: "why" in kernel ? [{ what: "now/kernel-oom.txt", why: kernel.why }] : [] };
}

/** As the kernel has it. With --redact it is not said. */
export function hostNameFor({ redact }: Pick<PartOptions, "redact">): string {
  return redact ? leftOut : shown(hostname());
}

const oomLinesMax = 2000;

/** The kernel keeps its log for one boot; an incident of another one is not in it. */
function kernelOom({ begun }: IncidentSummary, nowMs: number): { text: string } | { why: string } {
  const bootId = readBootId(kernelRoots().procDir);
  if (begun && begun.bootId !== "" && bootId !== "" && begun.bootId !== bootId)
    return { why: "the host was started anew since, and the kernel's log of that time is gone" };
  const lines = readOomLines();
  if (!lines) return { why: "/dev/kmsg may not be read: run it as root" };
  if (lines.length === 0)
    return { text: "The kernel's log of this boot has no line about its OOM killer.\n" };
  return { text: formatOomLines(lines.slice(-oomLinesMax), nowMs) };
}

function versions(nsoVersion: string): string[] {
  return [
    `nsomem ${version} (${commit})`,
    `bun ${Bun.version}`,
    `NSO: ${nsoVersion}`,
    readOptional(`${kernelRoots().procDir}/version`)?.trim() ?? "kernel: not known",
    readOptional("/etc/os-release")?.trim() ?? "distribution: not known",
  ];
}
