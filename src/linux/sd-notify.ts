/**
 * Words to the service manager that started this process: one datagram each over the socket that $NOTIFY_SOCKET names,
 * never waited for. See sd_notify(3).
 */

import { existsSync } from "node:fs";
import { addressOf, datagramsTo } from "./unix-datagram.ts";

/** As sd_booted(3): whether systemd is what this host was started by. */
export const bootedDir = "/run/systemd/system";

export function isBooted(): boolean {
  return existsSync(bootedDir);
}

export interface ServiceManager {
  /**
   * `{ READY: 1, STATUS: "…" }`. False where it could not be taken now: its queue is full, it is being restarted, or this
   * process may not call libc.
   */
  tell(words: Readonly<Record<string, string | number | bigint>>): boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Own {
  pid: number;
  ppid: number;
}

/**
 * Whether a service manager started this very process, and starts it again when it ends: what it was told is in the
 * environment, which children inherit. INVOCATION_ID is all that systemd 239 gives (RHEL 8).
 */
export function isService(env: Environment, own: Own = process): boolean {
  const mainPid = env.SYSTEMD_EXEC_PID;
  if (mainPid !== undefined) return Number(mainPid) === own.pid;
  return own.ppid === 1 && (env.NOTIFY_SOCKET !== undefined || env.INVOCATION_ID !== undefined);
}

/** Undefined where none waits for the words of this process, or its address is of another family. */
export function serviceManager(env: Environment, own: Own = process): ServiceManager | undefined {
  const address = addressOf(env.NOTIFY_SOCKET);
  if (!address || !isService(env, own)) return undefined;
  const send = datagramsTo(address);
  return { tell: (words) => send(messageOf(words)) };
}

/** A line each: a value must not begin another one. */
export function messageOf(words: Readonly<Record<string, string | number | bigint>>): string {
  const lines = Object.entries(words).map(
    ([name, value]) => `${name}=${String(value).replaceAll(/\s+/g, " ")}`,
  );
  return lines.join("\n");
}
