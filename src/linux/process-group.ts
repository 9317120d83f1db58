/** Ends a child and everything it started: the child leads a process group of its own. */

const killGraceMs = 2000;

/**
 * SIGTERM; then, when the child has ended or 2 s are over, SIGKILL to what is left. Resolves when the child has ended, or
 * has not in another 2 s: one in a system call that hangs (a dead mount) ends when that does, and is not waited for.
 */
export async function endGroup({ pid, exited }: { pid: number; exited: Promise<unknown> }): Promise<void> {
  sendToGroup(pid, "SIGTERM");
  await Promise.race([exited, Bun.sleep(killGraceMs)]);
  sendToGroup(pid, "SIGKILL");
  await Promise.race([exited, Bun.sleep(killGraceMs)]);
}

/** `pid` is that of the child that leads the group. */
export function sendToGroup(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: all of it has ended.
  }
}
