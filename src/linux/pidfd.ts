/** A signal that cannot hit the wrong process: pidfd_open(2) and pidfd_send_signal(2), Linux 5.3. */

import { closeSync } from "node:fs";
import { libc } from "./libc.ts";

// The same numbers on x86-64 and arm64: both use the unified table since Linux 5.1.
const pidfdOpen = 434;
const pidfdSendSignal = 424;

/** "none" asks for the permission and is not sent, see kill(2). */
export const signalNumbers = {
  none: 0,
  SIGHUP: 1,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGTERM: 15,
} as const;

export interface Pidfd {
  /** True when the signal was sent; false when the process is gone or it is not permitted. */
  send(signal: keyof typeof signalNumbers): boolean;
  close(): void;
}

/** Why `openPidfd` cannot give one, in words that follow "as". */
export function pidfdObstacle(): string {
  return libc()
    ? "this kernel has no pidfd (Linux 5.3), or a filter of system calls refuses it"
    : "this process may call no library (MemoryDenyWriteExecute=yes?)";
}

/**
 * A handle on the process that has `pid` now. Verify its identity after opening: from then on the handle means
 * that process alone, whatever becomes of the PID. Undefined where the kernel or FFI has no pidfd.
 */
export function openPidfd(pid: number): Pidfd | undefined {
  const calls = libc();
  const descriptor = calls?.syscall(pidfdOpen, pid, 0, 0, 0) ?? -1;
  if (!calls || descriptor < 0) return undefined;
  return {
    send: (signal) => calls.syscall(pidfdSendSignal, descriptor, signalNumbers[signal], 0, 0) === 0,
    close: () => closeSync(descriptor),
  };
}
