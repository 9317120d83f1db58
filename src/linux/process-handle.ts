/** A hold on one process, to signal it and never another: a pidfd, or kill(2) after a look at who has the PID. */

import { openPidfd, type signalNumbers } from "./pidfd.ts";
import { isAlive, type ProcessIdentity } from "./procfs.ts";

export interface ProcessHandle {
  /** Kernels before 5.3 have no pidfd, and without FFI none can be used. */
  by: "pidfd" | "kill";
  /** True when the signal was sent; false when the process is gone or it is not permitted. */
  send(signal: keyof typeof signalNumbers): boolean;
  close(): void;
}

/** Verified after it was opened: undefined when the process has ended, or its PID belongs to another by now. */
export function openProcess(
  procDir: string,
  identity: ProcessIdentity,
  isStill = () => isAlive(procDir, identity),
): ProcessHandle | undefined {
  const pidfd = openPidfd(identity.pid);
  if (!isStill()) {
    pidfd?.close();
    return undefined;
  }
  if (pidfd) return { by: "pidfd", ...pidfd };
  return { by: "kill", send: (signal) => killChecked(procDir, identity, signal), close: () => {} };
}

function killChecked(
  procDir: string,
  identity: ProcessIdentity,
  signal: keyof typeof signalNumbers,
): boolean {
  if (!isAlive(procDir, identity)) return false;
  try {
    return process.kill(identity.pid, signal === "none" ? 0 : signal);
  } catch {
    return false;
  }
}
