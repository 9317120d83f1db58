/**
 * A kernel view of the test's own: the real /proc with another /proc/meminfo bound over it, in a mount namespace
 * that only the agent under test sees. So a test says how full the host is, and neither the host nor other tests matter.
 */

import { closeSync, constants, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { missingCommand } from "../lab/missing.ts";

/** Small enough that no cgroup of a build machine is smaller and would bind instead. */
export const memTotalKib = 1_000_000;

export interface KernelView {
  /** What stands before a command to run it in this view. */
  prefix: string[];
  /** The files that it binds, for whoever is in a mount namespace already. */
  meminfo: string;
  overcommit: string;
  /** Sets the used part of both kinds, in percent. Allocated stays where it is when not given. */
  set(use: { physicalPercent: number; allocatedPercent?: number }): void;
  /** vm.overcommit_memory as this view shows it. */
  setOvercommit(mode: 0 | 1 | 2): void;
}

/** Why there can be none here, or undefined. Tried by making one. */
export function kernelViewMissing(): string | undefined {
  const lacking = missingCommand("unshare", "mount");
  if (lacking) return lacking;
  const trial = ["unshare", "-m", "sh", "-c", "mount --bind /dev/null /proc/meminfo"];
  const made = Bun.spawnSync(trial, { stderr: "ignore" }).success;
  return made
    ? undefined
    : "nothing may be mounted over /proc/meminfo here, not even in a namespace of its own";
}

/** Makes one whose files are below `dir`. It begins at 10 % of both kinds and overcommit mode 0. */
export function createKernelView(dir: string): KernelView {
  mkdirSync(dir, { recursive: true });
  const meminfo = join(dir, "meminfo");
  const overcommit = join(dir, "overcommit_memory");
  const view: KernelView = {
    prefix: ["unshare", "-m", "sh", "-c", bindAndRun, "sh", meminfo, overcommit],
    meminfo,
    overcommit,
    set({ physicalPercent, allocatedPercent = 10 }) {
      overwrite(meminfo, meminfoText(physicalPercent, allocatedPercent));
    },
    setOvercommit: (mode) => overwrite(overcommit, `${mode}\n`),
  };
  view.set({ physicalPercent: 10 });
  view.setOvercommit(0);
  return view;
}

const bindAndRun = [
  'mount --bind "$1" /proc/meminfo',
  'mount --bind "$2" /proc/sys/vm/overcommit_memory',
  "shift 2",
  'exec "$@"',
].join(" && ");

function meminfoText(physicalPercent: number, allocatedPercent: number): string {
  const freeKib = Math.round(memTotalKib * (1 - physicalPercent / 100));
  const committedKib = Math.round((memTotalKib * allocatedPercent) / 100);
  const fields = {
    MemTotal: memTotalKib,
    MemFree: freeKib,
    MemAvailable: freeKib,
    Buffers: 0,
    Cached: 0,
    SwapTotal: 0,
    SwapFree: 0,
    CommitLimit: memTotalKib,
    Committed_AS: committedKib,
  };
  return Object.entries(fields)
    .map(([name, kib]) => `${`${name}:`.padEnd(16)}${String(kib).padStart(8)} kB\n`)
    .join("");
}

/** In place and in one write of the same length: the mount is on this very file, and a reader must not see half. */
function overwrite(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o644);
  try {
    writeSync(file, text, 0);
  } finally {
    closeSync(file);
  }
}
