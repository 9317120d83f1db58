/** What the host looked like at the moment: files beside the incident, for the bundle. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeError } from "../../core/errors.ts";
import { commit, version } from "../../core/version.ts";
import { readMemorySection } from "../../linux/ncs-conf.ts";
import { readOomLines } from "../../linux/oom-evidence.ts";
import { readOptional } from "../../linux/procfs.ts";
import { processTable, takeSnapshot } from "../../linux/snapshot.ts";
import type { DeedContext } from "../action-context.ts";

/** The directory of an incident that holds the host's state at a level. */
export function evidenceDirOf(incidentDir: string, moment: "warning" | "critical"): string {
  return join(incidentDir, `at-${moment}`);
}

/** Writes what there is; never throws, and never waits for one file to write the next reading. */
export async function collectEvidence(
  { config, incident, target, roots, now }: DeedContext,
  moment: "warning" | "critical",
): Promise<void> {
  const { procDir } = roots;
  try {
    // Read before anything is written: this is about this moment, and a disk may be slow.
    const files: Record<string, string> = takeSnapshot(procDir);
    files["processes.tsv"] = await processTable(procDir);
    files["core.txt"] = coreFacts(procDir, target.core.pid);
    files["configuration.json"] = `${JSON.stringify(config, null, 2)}\n`;
    files["versions.txt"] = versions(procDir);
    const section = await readMemorySection(target.core.confFile);
    if (section) files["ncs-conf-memory.xml"] = `${section.xml}\n`;
    const kernel = readOomLines();
    if (kernel && kernel.length > 0)
      files["kernel-oom.txt"] = kernel
        .map(({ atUptimeMs, text }) => `[${(atUptimeMs / 1000).toFixed(3)}] ${text}\n`)
        .join("");
    const dir = evidenceDirOf(incident.dir, moment);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { mode: 0o600 });
    incident.record({ atMs: now(), step: "evidence", dir, files: Object.keys(files) });
  } catch (error) {
    incident.record({ atMs: now(), step: "evidence-failed", reason: describeError(error) });
  }
}

function coreFacts(procDir: string, pid: number): string {
  return ["status", "limits", "cgroup", "oom_score", "oom_score_adj"]
    .flatMap((name) => {
      const text = readOptional(`${procDir}/${pid}/${name}`);
      return text === undefined ? [] : [`== /proc/${pid}/${name}\n${text.trimEnd()}\n`];
    })
    .join("\n");
}

function versions(procDir: string): string {
  const lines = [
    `nsomem ${version} (${commit})`,
    `bun ${Bun.version}`,
    readOptional(`${procDir}/version`)?.trim(),
    readOptional("/etc/os-release")?.trim(),
  ];
  return `${lines.filter((line) => line !== undefined).join("\n")}\n`;
}
