/** Lets the members of one group through directories of ours, for as long as a command of NSO's user needs the way. */

import { constants } from "node:fs";
import type { UserIds } from "./core-user.ts";
import { mayExecute } from "./credentials.ts";
import { call, type FileWork } from "./file-work.ts";

export interface Passage {
  /** Closed to others again, once the last of those who opened it does. */
  close(): FileWork<void>;
}

interface Opened {
  gid: number;
  users: number;
  before: { gid: number; mode: number };
}

const opened = new Map<string, Opened>();

/** Nobody but us lists, reads or writes there: who knows a name may pass. */
const passMode = 0o710;
const closedMode = 0o700;

/**
 * Opens `dirs`, outermost first, which are ours, for the group of `who`. One that he may enter already stays as it is.
 * Throws what the system says, and a sentence where another group has the way.
 */
export function* openPassage(dirs: readonly string[], who: UserIds): FileWork<Passage> {
  const held: string[] = [];
  const close = function* (): FileWork<void> {
    for (const dir of held.splice(0).reverse()) yield* leave(dir);
  };
  try {
    for (const dir of dirs) if (yield* enter(dir, who)) held.push(dir);
  } catch (error) {
    yield* close();
    throw error;
  }
  return { close };
}

/** Whether it was opened, and so has to be closed again. */
function* enter(dir: string, who: UserIds): FileWork<boolean> {
  const shared = opened.get(dir);
  if (shared && shared.gid !== who.gid)
    throw new Error(`${dir} is open for group ${shared.gid} just now, and not for ${who.gid}`);
  if (shared) shared.users++;
  else {
    const before = yield* openFor(dir, who);
    if (!before) return false;
    opened.set(dir, { gid: who.gid, users: 1, before });
  }
  return true;
}

function* leave(dir: string): FileWork<void> {
  const shared = opened.get(dir);
  if (!shared || --shared.users > 0) return;
  opened.delete(dir);
  try {
    yield* withDirectory(dir, function* (descriptor, { uid }) {
      yield* call.fchmod(descriptor, shared.before.mode);
      yield* call.fchown(descriptor, uid, shared.before.gid);
    });
  } catch {
    // It is gone, and the way with it.
  }
}

/** What the directory was; undefined where `who` may enter it anyway. */
function openFor(dir: string, who: UserIds): FileWork<Opened["before"] | undefined> {
  return withDirectory(dir, function* (descriptor, { uid, gid, mode }) {
    const isLeft = gid === who.gid && (mode & 0o777) === passMode;
    if (!isLeft && mayExecute({ uid, gid, mode }, who)) return undefined;
    // The group first: as long as the mode is the old one, it gives the new group nothing that the old did not have.
    if (!isLeft) yield* call.fchown(descriptor, uid, who.gid);
    yield* call.fchmod(descriptor, passMode);
    // An agent that was killed meanwhile left it so.
    if (isLeft) return { gid: process.getegid?.() ?? gid, mode: closedMode };
    return { gid, mode: mode & 0o7777 };
  });
}

function* withDirectory<T>(
  dir: string,
  work: (descriptor: number, stats: { uid: number; gid: number; mode: number }) => FileWork<T>,
): FileWork<T> {
  const descriptor = yield* call.open(dir, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    return yield* work(descriptor, yield* call.fstat(descriptor));
  } finally {
    yield* call.close(descriptor);
  }
}
