/** Stages one fault: in namespaces of its own, bounded in time, everything put back. */

import { existsSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelViewMissing } from "../e2e/kernel-view.ts";
import { missingCommand } from "../lab/missing.ts";
import { nativeMissing } from "../lab/native.ts";
import type { Fault, Verdict } from "./fault.ts";

const hierarchies = "/sys/fs/cgroup";

/** Why no fault can be staged here, or undefined. */
export const chaosMissing =
  nativeMissing ??
  missingCommand("unshare", "mount", "prlimit", "mkfs.ext4", "fsfreeze") ??
  kernelViewMissing();

/** What this fault needs beyond that, or undefined. */
export function faultMissing({ needs }: Fault): string | undefined {
  if (needs === undefined || existsSync(join(hierarchies, needs, "cgroup.procs"))) return undefined;
  return `no ${needs} cgroup of version 1 here`;
}

/** Never rejects: what goes wrong is a verdict too. */
export async function runFault(fault: Fault): Promise<Verdict> {
  const row = { fault: fault.name, done: fault.done };
  const missing = chaosMissing ?? faultMissing(fault);
  if (missing) return { ...row, kind: "skipped", reason: missing };
  const dir = mkdtempSync(join(tmpdir(), "nsomem-chaos-"));
  const cgroup =
    fault.needs === undefined ? "" : mkdtempSync(join(hierarchies, fault.needs, "nsomem-chaos-"));
  try {
    const child = Bun.spawn(
      [
        ...["unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child", "--propagation", "private"],
        process.execPath,
        join(import.meta.dir, "stage.ts"),
        fault.name,
        dir,
      ],
      {
        env: { ...process.env, CHAOS_CGROUP: cgroup },
        // What takes an hour tells on the way.
        stdio: ["ignore", "pipe", fault.isLong ? "inherit" : "pipe"],
        timeout: (fault.secondsMax + graceSeconds) * 1000,
        killSignal: "SIGKILL",
      },
    );
    const [output, errors] = await Promise.all([
      new Response(child.stdout).text(),
      child.stderr ? new Response(child.stderr).text() : "",
    ]);
    await child.exited;
    const last = output.trimEnd().split("\n").at(-1) ?? "";
    if (last.startsWith("{")) return JSON.parse(last) as Verdict;
    return {
      ...row,
      kind: "broke",
      reason: `it ended without a verdict (${child.signalCode ?? child.exitCode}): ${errors}`,
    };
  } finally {
    if (cgroup) await removeCgroup(cgroup);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Beyond its own bound a fault is killed from outside. */
const graceSeconds = 5;

/** Its processes end with their PID namespace; a frozen one only when it is thawed. */
async function removeCgroup(cgroup: string): Promise<void> {
  const freezer = join(cgroup, "freezer.state");
  if (existsSync(freezer)) writeFileSync(freezer, "THAWED");
  for (let tries = 0; tries < 50 && readFileSync(join(cgroup, "cgroup.procs"), "utf8") !== ""; tries++)
    await Bun.sleep(100);
  rmdirSync(cgroup);
}
