/** A made-up /proc, and the cgroup files beside it, for the tool to read: plain files in a directory of its own. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface MadeUpProcess {
  pid: number;
  argv: string[];
  ppid?: number;
  comm?: string;
  state?: string;
  startTicks?: number;
  rssKib?: number;
  dataKib?: number;
  stackKib?: number;
  /** Differs from the PID for a thread. */
  tgid?: number;
  /** Real, effective, saved and file system user; the status has no such line where it is left out. */
  uids?: readonly number[];
  /** The text of /proc/PID/cgroup; null: the file is not there. */
  cgroup?: string | null;
}

export interface MadeUpMeminfo {
  total?: number;
  free?: number;
  /** Left out where null, as before Linux 3.14. */
  available?: number | null;
  buffers?: number;
  cached?: number;
  /** A text: digits that are no number. Null: left out, as some sandboxes do. */
  committed?: number | string | null;
  commitLimit?: number | string | null;
  /** Lines at the end: `Hugetlb: 2048 kB`. */
  more?: string[];
}

export interface MadeUpProc {
  proc: string;
  cgroup: string;
  setMeminfo(values: MadeUpMeminfo): void;
  /** Adds the process, or replaces what it was. */
  setProcess(process: MadeUpProcess): void;
  removeProcess(pid: number): void;
  /** A file below /proc, or below the cgroup mount. */
  write(path: string, text: string): void;
  writeCgroup(path: string, text: string): void;
  remove(): void;
}

/** Under the system's temporary directory; the caller removes it. Far from every limit until set otherwise. */
export function makeProc(): MadeUpProc {
  const root = mkdtempSync(join(tmpdir(), "made-up-proc-"));
  const proc = join(root, "proc");
  const cgroup = join(root, "cgroup");
  const made: MadeUpProc = {
    proc,
    cgroup,
    setMeminfo: (values) => put(join(proc, "meminfo"), meminfoText(values)),
    setProcess(process) {
      const dir = join(proc, String(process.pid));
      put(join(dir, "stat"), statText(process));
      put(join(dir, "status"), statusText(process));
      put(join(dir, "cmdline"), process.argv.map((token) => `${token}\0`).join(""));
      if (process.cgroup !== null) put(join(dir, "cgroup"), process.cgroup ?? "0::/\n");
      put(join(proc, "loadavg"), `0.10 0.20 0.30 1/84 ${process.pid}\n`);
    },
    removeProcess: (pid) => rmSync(join(proc, String(pid)), { recursive: true }),
    write: (path, text) => put(join(proc, path), text),
    writeCgroup: (path, text) => put(join(cgroup, path), text),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  mkdirSync(cgroup);
  made.setMeminfo({});
  put(join(proc, "loadavg"), "0.10 0.20 0.30 1/84 300\n");
  put(join(proc, "uptime"), "10000.00 20000.00\n");
  return made;
}

/** Whole or not at all, as the kernel's files are. */
function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

function meminfoText({
  total = 1_000_000,
  free = 500_000,
  available = 600_000,
  buffers = 10_000,
  cached = 90_000,
  committed = 100_000,
  commitLimit = 500_000,
  more = [],
}: MadeUpMeminfo): string {
  const lines: [string, number | string | null][] = [
    ["MemTotal", total],
    ["MemFree", free],
    ["MemAvailable", available],
    ["Buffers", buffers],
    ["Cached", cached],
    ["SwapCached", 0],
    ["Active", 1],
    ["CommitLimit", commitLimit],
    ["Committed_AS", committed],
    ["SwapTotal", 10],
  ];
  const known = lines
    .filter(([, kib]) => kib !== null)
    .map(([name, kib]) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB\n`)
    .join("");
  const huge = more.some((line) => line.startsWith("HugePages_Total:")) ? [] : ["HugePages_Total:       0"];
  return known + [...huge, ...more].map((line) => `${line}\n`).join("");
}

function statText({ pid, argv, ppid = 1, comm, state = "S", startTicks = 5000 }: MadeUpProcess): string {
  const name = comm ?? argv[0]?.split("/").at(-1)?.slice(0, 15) ?? "made-up";
  const before = `${pid} (${name}) ${state} ${ppid} ${pid} ${pid} 0 -1 4194560 32141 721287 0 634 138 443 2509 1296`;
  return `${before} 20 0 13 0 ${startTicks} 43466752 3290 18446744073709551615 1 1 0 0 0 0 0 4096 1256 0 0 0 17 1\n`;
}

function statusText(process: MadeUpProcess): string {
  const { pid, ppid = 1, state = "S", tgid = pid, rssKib = 1000, dataKib = 2000, stackKib = 132 } = process;
  const memory =
    state === "Z"
      ? ""
      : `VmPeak:\t   99999 kB\nVmSize:\t   99999 kB\nVmRSS:\t${String(rssKib).padStart(8)} kB\n` +
        `RssAnon:\t       1 kB\nVmData:\t${String(dataKib).padStart(8)} kB\nVmStk:\t${String(stackKib).padStart(8)} kB\n`;
  const uid = process.uids === undefined ? "" : `Uid:\t${process.uids.join("\t")}\n`;
  const who = `Tgid:\t${tgid}\nPid:\t${pid}\nPPid:\t${ppid}\n${uid}`;
  return `Name:\tmade-up\nState:\t${state} (made up)\n${who}${memory}Threads:\t1\n`;
}
