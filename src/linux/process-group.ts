/** The end of a child and of everything it started: it leads a process group of its own. */

const killGraceMs = 2000;

/** SIGTERM, and SIGKILL 2 s later to whatever is left of the group. Resolves when the child has ended. */
export async function endGroup({ pid, exited }: { pid: number; exited: Promise<unknown> }): Promise<void> {
  sendToGroup(pid, "SIGTERM");
  await Promise.race([exited, Bun.sleep(killGraceMs)]);
  sendToGroup(pid, "SIGKILL");
  await exited;
}

export function sendToGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: all of it has ended.
  }
}
