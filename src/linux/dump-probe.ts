/**
 * Asks a file system whether a file can be made there, by making one: permissions that are computed know nothing of
 * NFS root_squash, quotas, immutable directories or security modules (facts 2.13).
 *
 * By a process of its own, though one costs 1 ms: it runs as NSO's user, which a call on Bun's thread pool cannot
 * (setfsuid holds for one thread), and on a mount that does not answer it is the one that waits, not the agent.
 */

import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Credentials } from "./credentials.ts";
import { wallMs } from "./host-clock.ts";
import { launchAs, ownUid } from "./run-as.ts";

/** `untried`: nothing can be asked as that user, so nothing is known. `silent`: no answer in time, a dead mount. */
export type ProbeAnswer =
  | {
      kind: "made" /** The file system's clock less ours, undefined where the file cannot be seen. */;
      skewMs?: number;
    }
  | { kind: "refused" /** What the system says: "Read-only file system". */; reason: string }
  /** A file can be made, but not one byte be written: a full disk, or a quota. */
  | { kind: "full" }
  | { kind: "silent" }
  | { kind: "untried" };

export interface Probing {
  answer: Promise<ProbeAnswer>;
  /** The process has ended; on a dead mount long after the answer, or never. */
  ended: Promise<unknown>;
}

const probePrefix = ".nsomem-probe-";

const answerMsMax = 5000;

/**
 * `set -C` opens with O_CREAT | O_EXCL, which follows no link and takes no file that is there; it is opened once, since
 * others may write in that directory. It goes away when the asker has looked at it, or has ended: an answer that nobody
 * hears must not end the shell before that.
 */
const script = [
  "umask 077; set -C; trap '' PIPE",
  '[ "$2" = . ] || { cd -- "$2"; } 2>&1 || exit 1',
  '{ { printf x >&3 2> /dev/null || full=1; } 3> "./$1"; } 2>&1 || exit 1',
  '[ -z "$full" ] || { rm -f -- "./$1"; exit 2; }',
  "echo made; read -r _",
  'rm -f -- "./$1"',
].join("\n");

/** As whom a probe asks. */
export type ProbeUser = Pick<Credentials, "uid" | "gid" | "groups" | "overridesPermissions">;

export interface ProbePlace {
  directory: string;
  /** The core is in it already, whatever is above it; else it must get there first. */
  isEntered: boolean;
}

/** Makes one file in `directory` as `who` would, and removes it. Never throws. */
export function probeDirectory({ directory, isEntered }: ProbePlace, who: ProbeUser): Probing {
  const name = `${probePrefix}${process.pid}-${randomBytes(8).toString("hex")}`;
  const start = startAs(who, ["/bin/sh", "-c", script, "sh", name, isEntered ? "." : directory]);
  if (!start) return untried;
  try {
    const child = Bun.spawn(start.words, {
      ...start.identity,
      // Entered as ourselves, before the child becomes another user.
      cwd: isEntered ? directory : "/",
      env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" },
      stdio: ["pipe", "pipe", "ignore"],
    });
    child.unref();
    const silent = Bun.sleep(answerMsMax).then((): ProbeAnswer => {
      child.kill("SIGKILL");
      return { kind: "silent" };
    });
    const asked = ask(child, join(directory, name)).catch((): ProbeAnswer => ({ kind: "untried" }));
    return { answer: Promise.race([asked, silent]), ended: child.exited };
  } catch {
    // No /bin/sh, no such directory, no further process: what is computed has to do.
    return untried;
  }
}

const untried: Probing = { answer: Promise.resolve({ kind: "untried" }), ended: Promise.resolve() };

type ProbeProcess = Bun.Subprocess<"pipe", "pipe", "ignore">;

async function ask(child: ProbeProcess, file: string): Promise<ProbeAnswer> {
  let said = "";
  const text = new TextDecoder();
  for await (const piece of child.stdout) {
    said += text.decode(piece, { stream: true });
    if (said !== "made\n") continue;
    const seen = await stat(file).catch(() => undefined);
    const skewMs = seen && seen.mtimeMs - wallMs();
    await child.stdin.end();
    return { kind: "made", ...(skewMs === undefined ? {} : { skewMs }) };
  }
  // "sh: 1: cannot create ./.nsomem-probe-…: Permission denied", in the words of whichever shell that is.
  const reason = /: ([^:\n]+)\n*$/.exec(said)?.[1];
  const exitCode = await child.exited;
  if (exitCode === 2) return { kind: "full" };
  return exitCode === 1 && reason !== undefined ? { kind: "refused", reason } : { kind: "untried" };
}

/**
 * The start of `words` as `who`; undefined where that cannot be done. A capability to write everywhere is not passed
 * on, so nothing is asked in the name of another user who has it.
 */
function startAs(who: ProbeUser, words: readonly string[]): ReturnType<typeof launchAs> | undefined {
  const { uid, gid, groups, overridesPermissions } = who;
  if (uid === ownUid()) return launchAs("ourselves", words);
  if (ownUid() !== 0 || overridesPermissions) return undefined;
  const start = launchAs({ uid, gid, groups }, words);
  // Without its groups it would be refused what NSO is not.
  const lacksGroups = start.identity.uid !== undefined && groups.some((group) => group !== gid);
  return lacksGroups ? undefined : start;
}
