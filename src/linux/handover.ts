/** Where a command of NSO's user puts its files, and how they come into an incident's directory, which is ours alone. */

import { chown, mkdtemp, realpath, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NsomemError } from "../core/errors.ts";
import type { UserIds } from "./core-user.ts";
import { closedAbove } from "./credentials.ts";
import { doLater, type FileWork } from "./file-work.ts";
import { openPassage } from "./passage.ts";
import { ownUid, type RunAs } from "./run-as.ts";
import { takeFile } from "./taken-file.ts";

export interface Handover {
  /** Absolute; the command may write there. */
  dir: string;
  /** Makes `name` in it to `as` in the incident's directory, mode 0600 and ours; why not, or undefined when done. */
  take(name: string, as: string): Promise<string | undefined>;
  /** Removes what is left in it. Never rejects. */
  close(): Promise<void>;
}

/**
 * For a command that runs so. NSO's user gets a directory of his own in `incidentDir`, and the way there: the state
 * directory, `incidents/` and the incident's can be passed by his group until this is closed. Rejects with
 * NsomemError HANDOVER where there is no way, naming the directory, and what the system says.
 */
export async function openHandover(incidentDir: string, runAs: RunAs): Promise<Handover> {
  const take = (dir: string, uid: number): Handover["take"] => {
    return (name, as) => doLater(takeFile(join(dir, name), join(incidentDir, as), uid));
  };
  if (runAs === "ourselves")
    return { dir: incidentDir, take: take(incidentDir, ownUid()), close: async () => {} };
  // Without links: each directory is opened by its own name.
  const incident = await realpath(incidentDir);
  const incidents = dirname(incident);
  const state = dirname(incidents);
  const obstacle = obstacleAbove(state, runAs);
  if (obstacle !== undefined) throw new NsomemError("HANDOVER", obstacle);
  const passage = await inTurn(() => openPassage([state, incidents, incident], runAs));
  try {
    const dir = await mkdtemp(join(incident, "handover-"));
    // Empty and 0700: from here on it is his.
    await chown(dir, runAs.uid, runAs.gid);
    return {
      dir,
      take: take(dir, runAs.uid),
      async close() {
        await inTurn(passage.close).catch(() => undefined);
        // By descriptors and without following links (strace): what he put there leads nowhere else.
        await rm(dir, { recursive: true, force: true }).catch(() => undefined);
      },
    };
  } catch (error) {
    await inTurn(passage.close);
    throw error;
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One way is opened or closed after the other: two actions may want the same directories. */
function inTurn<T>(work: () => FileWork<T>): Promise<T> {
  const done = last.then(() => doLater(work()));
  last = done.catch(() => undefined);
  return done;
}

/** Why `who` could not get as far as `dir`, undefined when he can. The directories above it are not ours to change. */
export function obstacleAbove(dir: string, who: UserIds): string | undefined {
  const closed = closedAbove(dir, who);
  return (
    closed && `user ${who.uid}, as whom ncs runs, may not enter ${closed}; mend it with: chmod o+x ${closed}`
  );
}
