import { afterEach, beforeEach, describe, expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { doNow } from "../../src/linux/file-work.ts";
import { takeFile } from "../../src/linux/taken-file.ts";
import { testUnless } from "../lab/missing.ts";
import { asUser, rootMissing, usersMissing } from "../lab/users.ts";
import { createUserScene, type UserScene } from "./user-scene.ts";

const uid = 12345;
const lacking = rootMissing;
let scene: UserScene;
let his: string;
let ours: string;
beforeEach(() => {
  scene = createUserScene();
  [his, ours] = [join(scene.dir, "his"), join(scene.dir, "ours")];
  for (const dir of [his, ours]) mkdirSync(dir, { mode: 0o700 });
  chownSync(his, uid, uid);
});
afterEach(() => scene.close());

const from = () => join(his, "dump");
const to = () => join(ours, "dump");
const take = () => doNow(takeFile(from(), to(), uid));

/** A file of root's beside, which nothing may happen to. */
function rootsFile(): { path: string; isUntouched: () => boolean } {
  const path = join(scene.dir, "roots");
  writeFileSync(path, "root's");
  chmodSync(path, 0o640);
  return {
    path,
    isUntouched() {
      const { uid: owner, mode } = statSync(path);
      return owner === 0 && (mode & 0o7777) === 0o640 && readFileSync(path, "utf8") === "root's";
    },
  };
}

describe("a file that another user made", () => {
  testUnless(lacking, "becomes ours, and for us alone, also one with a set-user-ID bit", () => {
    writeFileSync(from(), "dump");
    chownSync(from(), uid, uid);
    chmodSync(from(), 0o4777);
    expect(take()).toBeUndefined();
    expect(statSync(to())).toMatchObject({ uid: 0, gid: 0, mode: 0o100600 });
    expect(existsSync(from())).toBe(false);
  });
  testUnless(lacking, "may be taken where it lies", () => {
    writeFileSync(to(), "dump", { mode: 0o644 });
    expect(doNow(takeFile(to(), to(), 0))).toBeUndefined();
    expect(statSync(to()).mode).toBe(0o100600);
  });
  testUnless(lacking, "is not taken where there is none", () => expect(take()).toBe("there is no file"));
  testUnless(lacking, "is not taken where it is a symbolic link", () => {
    const roots = rootsFile();
    symlinkSync(roots.path, from());
    expect(take()).toBe("it is a symbolic link");
    expect(roots.isUntouched()).toBe(true);
  });
  testUnless(lacking, "is not taken where it is another name of root's file", () => {
    const roots = rootsFile();
    linkSync(roots.path, from());
    expect(take()).toBe("it belongs to user 0, not to 12345");
    expect(roots.isUntouched()).toBe(true);
  });
  testUnless(lacking, "is not taken where it has a second name", () => {
    writeFileSync(from(), "dump");
    chownSync(from(), uid, uid);
    linkSync(from(), join(his, "second"));
    expect(take()).toBe("it is a hard link");
    expect(statSync(from()).uid).toBe(uid);
  });
  testUnless(lacking, "is not taken, nor waited for, where it is a FIFO", () => {
    Bun.spawnSync(["mkfifo", from()]);
    chownSync(from(), uid, uid);
    const begunMs = performance.now();
    expect(take()).toBe("it is not a regular file");
    expect(performance.now() - begunMs).toBeLessThan(500);
  });
  testUnless(lacking, "is not taken where it is a directory", () => {
    mkdirSync(from());
    expect(take()).toBe("it is not a regular file");
  });
  testUnless(
    usersMissing,
    "may be exchanged at any moment: nothing of root's is touched, and what was taken is his",
    async () => {
      const roots = rootsFile();
      linkSync(roots.path, join(his, "hard"));
      // His own process, which puts a file, a link to root's, root's own and a second name in turn under the name.
      const swap =
        'cd "$1" && while :; do echo x > f; mv f dump; ln -s ../roots l; mv l dump; mv hard dump; mv dump hard; echo x > f; ln f g; mv f dump; rm -f g dump; done';
      const child = Bun.spawn([...asUser(uid), "sh", "-c", swap, "sh", his], {
        stdio: ["ignore", "ignore", "ignore"],
        detached: true,
      });
      try {
        for (const endsMs = performance.now() + 1500; performance.now() < endsMs; ) {
          const complaint = take();
          if (complaint === undefined)
            expect(statSync(to())).toMatchObject({ uid: 0, mode: 0o100600, nlink: 1, size: 2 });
          rmSync(to(), { force: true });
          expect(roots.isUntouched()).toBe(true);
          await Bun.sleep(0);
        }
      } finally {
        process.kill(-child.pid, "SIGKILL");
        await child.exited;
      }
    },
  );
});
