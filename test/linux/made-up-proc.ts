/** A made-up /proc: processes as a test says they are. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface MadeUpProcess {
  pid: number;
  ppid?: number;
  startTicks?: number;
  state?: string;
  argv?: string[];
  oomScore?: number;
  /** The text of its cgroup file; null: the file is not there. */
  cgroup?: string | null;
  rssKib?: number;
  /** Real, effective, saved and file system user; the status has no such line where it is left out. */
  uids?: readonly number[];
}

export interface MadeUpProc {
  dir: string;
  /** Adds a process, or puts another one in the place of its PID. */
  put(process: MadeUpProcess): void;
  remove(pid: number): void;
  close(): void;
}

export function makeProc(): MadeUpProc {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-proc-"));
  return {
    dir,
    put({
      pid,
      ppid = 1,
      startTicks = pid * 10,
      state = "S",
      argv = [],
      oomScore,
      cgroup = "",
      rssKib,
      uids,
    }) {
      const own = join(dir, String(pid));
      mkdirSync(own, { recursive: true });
      const zeros = Array.from({ length: 17 }, () => 0).join(" ");
      writeFileSync(join(own, "stat"), `${pid} (a) (b)) ${state} ${ppid} ${zeros} ${startTicks} 0\n`);
      writeFileSync(join(own, "cmdline"), argv.map((word) => `${word}\0`).join(""));
      writeFileSync(join(own, "comm"), `${argv[0]?.split("/").at(-1) ?? "?"}\n`);
      const lines = [
        `Tgid:\t${pid}`,
        ...(uids === undefined ? [] : [`Uid:\t${uids.join("\t")}`]),
        ...(rssKib === undefined ? [] : [`VmRSS:\t${rssKib} kB`]),
      ];
      writeFileSync(join(own, "status"), `${lines.join("\n")}\n`);
      writeFileSync(join(own, "oom_score_adj"), "0\n");
      if (cgroup !== null) writeFileSync(join(own, "cgroup"), cgroup);
      if (oomScore !== undefined) writeFileSync(join(own, "oom_score"), `${oomScore}\n`);
    },
    remove: (pid) => rmSync(join(dir, String(pid)), { recursive: true, force: true }),
    close: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Argument vectors of NSO's three kinds. Source: facts 3.1. */
export const coreArgv = [
  "/opt/ncs/erts/bin/ncs.smp",
  "-K",
  "true",
  "--",
  "-boot",
  "ncs",
  "-conffile",
  "/etc/ncs/ncs.conf",
];
export const jvmArgv = ["java", "com.tailf.ncs.NcsJVMLauncher"];
export const pythonArgv = (name: string) => ["python3", "-u", "/opt/ncs/ncs_pyvm/startup.py", "-i", name];
