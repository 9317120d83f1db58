/** As whom nsomem runs a command: as itself, or as the user that NSO runs as, with that user's rights and no more. */

import { existsSync } from "node:fs";
import type { CoreUser, UserIds } from "./core-user.ts";
import { complaintsFor } from "./ownership.ts";

export type RunAs = "ourselves" | UserIds;

/**
 * As whom `ncs` is run for a core. Root runs it as root for root's core alone: what another user's core says of itself
 * is that user's word, and its debug dump needs no more than that user's rights.
 */
export function runAsFor(core: CoreUser | undefined, nsomemUid = ownUid()): RunAs | { refusal: string } {
  if (nsomemUid !== 0 || !core) return "ourselves";
  if (core.doubt !== undefined) return { refusal: `${core.doubt}: as whom to run ncs cannot be told` };
  const { uid, gid, groups } = core;
  return uid === 0 ? "ourselves" : { uid, gid, groups };
}

/** Whether what a core says of itself (its environment, its executable) may decide which command is run so. */
export function mayGuide(core: CoreUser, runAs: RunAs, nsomemUid = ownUid()): boolean {
  if (core.doubt !== undefined) return false;
  return core.uid === (runAs === "ourselves" ? nsomemUid : runAs.uid);
}

/** The user whose files such a command may be, beside root's. */
export function runnerOf(runAs: RunAs): number {
  return runAs === "ourselves" ? ownUid() : runAs.uid;
}

export function ownUid(): number {
  return process.geteuid?.() ?? 0;
}

/** The words and the options of Bun.spawn that start `words` so. */
export function launchAs(
  runAs: RunAs,
  words: readonly string[],
): { words: string[]; identity: { uid?: number; gid?: number } } {
  if (runAs === "ourselves") return { words: [...words], identity: {} };
  const { uid, gid } = runAs;
  const groups = runAs.groups.filter((group) => group !== gid);
  const setpriv = groups.length === 0 ? undefined : findSetpriv();
  // Bun leaves a child with another user ID no supplementary group (facts 4.27); setpriv(1) gives it NSO's.
  if (setpriv === undefined) return { words: [...words], identity: { uid, gid } };
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, `--groups=${groups.join(",")}`];
  return { words: [setpriv, ...ids, "--", ...words], identity: {} };
}

/** Of util-linux, and safe to run as root; undefined where there is none. */
function findSetpriv(): string | undefined {
  return ["/usr/bin/setpriv", "/bin/setpriv"].find(
    (path) => existsSync(path) && complaintsFor(path, 0).length === 0,
  );
}
