/** The state of the host at a level: files in the incident's directory, for the bundle. */

import { join } from "node:path";
import { configJson } from "../../core/config.ts";
import { describeError } from "../../core/errors.ts";
import { formatNsoRecord, nsoRecordName } from "../../core/nso-record.ts";
import { commit, version } from "../../core/version.ts";
import { confFileReach } from "../../linux/conf-file.ts";
import { doLater } from "../../linux/file-work.ts";
import { readMemorySection } from "../../linux/ncs-conf.ts";
import { readNsoRecord } from "../../linux/nso-record.ts";
import { formatOomLines, readOomLines } from "../../linux/oom-evidence.ts";
import { openPrivateDirectory } from "../../linux/private-directory.ts";
import { readOptional } from "../../linux/procfs.ts";
import { replaceFile } from "../../linux/replace-file.ts";
import { processTable, takeSnapshot } from "../../linux/snapshot.ts";
import type { CoreActionContext } from "../action-context.ts";

/** The directory of an incident that holds the host's state at a level. */
function evidenceDirOf(incidentDir: string, moment: "warning" | "critical"): string {
  return join(incidentDir, `at-${moment}`);
}

/** Writes what there is. Never throws. */
export async function collectHostState(
  { config, incident, target, host }: CoreActionContext,
  moment: "warning" | "critical",
): Promise<void> {
  const { procDir } = host.roots;
  try {
    // Read before anything is written: this is about this moment, and a disk may be slow.
    const files: Record<string, string> = takeSnapshot(procDir);
    files["processes.tsv"] = await processTable(procDir);
    files["core.txt"] = coreFacts(procDir, target.core.pid);
    files["configuration.json"] = configJson(config);
    files["versions.txt"] = versions(procDir);
    const record = readNsoRecord(procDir, target.core);
    if (record) files[nsoRecordName] = formatNsoRecord(record);
    const section = await readMemorySection(confFileReach(procDir, target.core));
    if (section) files["ncs-conf-memory.xml"] = `${section.xml}\n`;
    const kernel = readOomLines();
    if (kernel && kernel.length > 0) files["kernel-oom.txt"] = formatOomLines(kernel, host.wallMs());
    const dir = evidenceDirOf(incident.dir, moment);
    await writeInto(dir, files);
    incident.record(host.wallMs(), { step: "evidence", dir, files: Object.keys(files) });
  } catch (error) {
    incident.record(host.wallMs(), { step: "evidence-failed", reason: describeError(error) });
  }
}

/** Without a wait on this thread. A file of an earlier time at this level is replaced, and a link is not followed. */
async function writeInto(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  const directory = await doLater(openPrivateDirectory(dir));
  try {
    for (const [name, text] of Object.entries(files))
      await directory.at(name, (way) => replaceFile(way, (file) => file.writeFile(text)));
  } finally {
    directory.close();
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

/** Of /proc alone: the bundle says the distribution. */
function versions(procDir: string): string {
  const lines = [
    `nsomem ${version} (${commit})`,
    `bun ${Bun.version}`,
    readOptional(`${procDir}/version`)?.trim(),
  ];
  return `${lines.filter((line) => line !== undefined).join("\n")}\n`;
}
