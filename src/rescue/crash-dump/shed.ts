/** Makes room for the dump: ends the JavaVM and the Python VMs of a core that is writing its last. */

import type { Relative } from "../../linux/family.ts";
import { openProcess } from "../../linux/process-handle.ts";
import { isAlive } from "../../linux/procfs.ts";

/** What became of one VM. */
export interface Shed extends Relative {
  /** The last signal that was sent; null where none was permitted. */
  sent: "SIGTERM" | "SIGKILL" | null;
  ended: boolean;
}

const graceMs = 2000;
const pollMs = 50;

/** SIGTERM to all of them, SIGKILL after 2 s to those that are left; through handles, so never to another process. */
export async function shed(procDir: string, family: readonly Relative[]): Promise<Shed[]> {
  const held = family.flatMap((relative) => {
    const to = openProcess(procDir, relative);
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
