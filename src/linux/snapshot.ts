/** The state of the host at one moment, as text files for those who read the incident later. */

import { classify } from "../core/nso.ts";
import { shown } from "../core/shown.ts";
import { readOomScore, readOomScoreAdj } from "./oom-score.ts";
import { listPids, readArgv, readOptional } from "./procfs.ts";

const memoryFiles = {
  "meminfo.txt": "meminfo",
  "vmstat.txt": "vmstat",
  "swaps.txt": "swaps",
  "loadavg.txt": "loadavg",
} as const;

const vmSettings = [
  "overcommit_memory",
  "overcommit_ratio",
  "overcommit_kbytes",
  "swappiness",
  "min_free_kbytes",
  "admin_reserve_kbytes",
  "user_reserve_kbytes",
  "panic_on_oom",
  "oom_kill_allocating_task",
  "oom_dump_tasks",
  "vfs_cache_pressure",
  "watermark_scale_factor",
  "max_map_count",
  "nr_hugepages",
];

/** File names with their content; what cannot be read is left out. Small reads, no process created. */
export function takeSnapshot(procDir: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, source] of Object.entries(memoryFiles)) {
    const text = readOptional(`${procDir}/${source}`);
    if (text !== undefined) files[name] = text;
  }
  files["vm-settings.txt"] = vmSettings
    .map((name) => [name, readOptional(`${procDir}/sys/vm/${name}`)?.trim()])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `vm.${name} = ${value}\n`)
    .join("");
  const pressure = ["memory", "cpu", "io"].flatMap((kind) => {
    const text = readOptional(`${procDir}/pressure/${kind}`);
    return text === undefined ? [] : [`${kind}\n${text}`];
  });
  if (pressure.length > 0) files["pressure.txt"] = pressure.join("\n");
  return files;
}

const yieldEvery = 50;

/**
 * The table of all processes, tab-separated, largest RSS first. Only NSO's own have their arguments in it: those of
 * others may hold passwords. After every 50 processes other work may run, so that the agent still reacts.
 */
export async function processTable(procDir: string): Promise<string> {
  const rows: { rssKib: number; text: string }[] = [];
  for (const [index, pid] of listPids(procDir).entries()) {
    if (index % yieldEvery === yieldEvery - 1) await new Promise((resolve) => setImmediate(resolve));
    const row = processRow(procDir, pid);
    if (row) rows.push(row);
  }
  rows.sort((a, b) => b.rssKib - a.rssKib);
  const header = "pid\tppid\tuid\tstate\trss_kib\tswap_kib\toom_score\toom_score_adj\tname\tnso";
  return `${[header, ...rows.map(({ text }) => text)].join("\n")}\n`;
}

function processRow(procDir: string, pid: number): { rssKib: number; text: string } | undefined {
  const status = readOptional(`${procDir}/${pid}/status`);
  if (status === undefined) return undefined;
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(status)?.[1];
  // Kernel threads and zombies have no memory, and no fields of it.
  const rssKib = Number(field("VmRSS") ?? 0);
  const argv = readArgv(procDir, pid) ?? [];
  const own = classify(argv) ? argv.join(" ") : "";
  const columns = [
    pid,
    field("PPid") ?? "?",
    field("Uid") ?? "?",
    field("State") ?? "?",
    rssKib,
    field("VmSwap") ?? 0,
    readOomScore(procDir, pid) ?? "?",
    readOomScoreAdj(procDir, pid) ?? "?",
    field("Name") ?? "?",
    own,
  ];
  return { rssKib, text: columns.map((value) => shown(String(value), 4096)).join("\t") };
}
