/** Makes room for the dump: ends the JavaVM and the Python VMs of a core that is writing its last. */

import type { Relative } from "../../linux/family.ts";
import { openPidfd } from "../../linux/pidfd.ts";
import { isAlive } from "../../linux/procfs.ts";

/** What became of one VM. */
export interface Shed extends Relative {
  /** The last signal that was sent; null where none was permitted. */
  sent: "SIGTERM" | "SIGKILL" | null;
  ended: boolean;
}

const graceMs = 2000;
const pollMs = 50;

/** SIGTERM to all of them, SIGKILL after 2 s to those that are left; through pidfds, so never to another process. */
export async function shed(procDir: string, family: readonly Relative[]): Promise<Shed[]> {
  const held = family.flatMap((relative) => {
    const to = sender(procDir, relative);
    return to ? [{ relative, to, sent: to.send("SIGTERM") ? ("SIGTERM" as const) : null }] : [];
  });
  const left = () => held.filter(({ relative }) => isAlive(procDir, relative));
  for (let waitedMs = 0; waitedMs < graceMs && left().length > 0; waitedMs += pollMs) await Bun.sleep(pollMs);
  const killed = new Set(left().filter(({ to }) => to.send("SIGKILL")));
  for (let waitedMs = 0; waitedMs < graceMs && left().length > 0; waitedMs += pollMs) await Bun.sleep(pollMs);
  const stillThere = new Set(left());
  return held.map((one) => {
    one.to.close();
    const sent = killed.has(one) ? "SIGKILL" : one.sent;
    return { ...one.relative, sent, ended: !stillThere.has(one) };
  });
}

interface Sender {
  send(signal: "SIGTERM" | "SIGKILL"): boolean;
  close(): void;
}

/** A handle on exactly this process, verified after it was opened; undefined when the process is another by now. */
function sender(procDir: string, relative: Relative): Sender | undefined {
  const pidfd = openPidfd(relative.pid);
  if (!isAlive(procDir, relative)) {
    pidfd?.close();
    return undefined;
  }
  if (pidfd) return pidfd;
  return {
    send(signal) {
      // No pidfd here: the identity is asked in the line above.
      if (!isAlive(procDir, relative)) return false;
      try {
        return process.kill(relative.pid, signal);
      } catch {
        return false;
      }
    },
    close: () => {},
  };
}
