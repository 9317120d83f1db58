import { afterEach, beforeEach, describe, expect } from "bun:test";
import { chmodSync, chownSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { CoreUser } from "../../src/linux/core-user.ts";
import { runAsForOwn, unfitness } from "../../src/linux/trusted-command.ts";
import { testUnless } from "../lab/missing.ts";
import { rootMissing } from "../lab/users.ts";
import { createUserScene, type UserScene } from "./user-scene.ts";

const lacking = rootMissing;
const other = { uid: 12345, gid: 12345, groups: [] };
let scene: UserScene;
beforeEach(() => {
  scene = createUserScene();
});
afterEach(() => scene.close());

describe("a command that root runs", () => {
  testUnless(lacking, "is fit where it and its directories are root's alone", () =>
    expect(unfitness(scene.script("bin/ncs", ""), "ourselves")).toBeUndefined(),
  );
  testUnless(lacking, "is unsafe where it is another user's, and the sentence mends it", () => {
    const path = scene.script("bin/ncs", "", { uid: 65534 });
    expect(unfitness(path, "ourselves")).toEqual({
      kind: "unsafe",
      complaint: `${path} belongs to user 65534, not to root; mend it with: chown root ${path}`,
    });
  });
  testUnless(lacking, "is unsafe where its group may write it", () => {
    const path = scene.script("bin/ncs", "", { mode: 0o775 });
    expect(unfitness(path, "ourselves")?.complaint).toContain("can be written by others (mode 0775)");
  });
  testUnless(lacking, "is unsafe behind a link into another user's directory", () => {
    const path = scene.script("evil/ncs", "");
    chownSync(join(scene.dir, "evil"), 65534, 65534);
    mkdirSync(join(scene.dir, "bin"));
    symlinkSync(path, join(scene.dir, "bin/ncs"));
    expect(unfitness(join(scene.dir, "bin/ncs"), "ourselves")?.complaint).toContain(
      `directory ${join(scene.dir, "evil")} belongs to user 65534`,
    );
  });
  testUnless(lacking, "is absent where there is a FIFO or a directory", () => {
    Bun.spawnSync(["mkfifo", join(scene.dir, "fifo")]);
    chmodSync(join(scene.dir, "fifo"), 0o755);
    expect(unfitness(join(scene.dir, "fifo"), "ourselves")?.kind).toBe("absent");
    expect(unfitness(scene.dir, "ourselves")?.kind).toBe("absent");
  });
  testUnless(lacking, "is not executable without that permission", () =>
    expect(unfitness(scene.script("bin/ncs", "", { mode: 0o644 }), "ourselves")?.kind).toBe("not executable"),
  );
});

describe("a command that is run as NSO's user", () => {
  testUnless(lacking, "may be root's or his own, and no third user's", () => {
    expect(unfitness(scene.script("a", ""), other)).toBeUndefined();
    expect(unfitness(scene.script("b", "", { uid: 12345 }), other)).toBeUndefined();
    const path = scene.script("c", "", { uid: 65534 });
    expect(unfitness(path, other)?.complaint).toContain("neither to root nor to user 12345");
  });
  testUnless(lacking, "may be written by his own group, not by everybody", () => {
    expect(unfitness(scene.script("a", "", { uid: 12345, mode: 0o775 }), other)).toBeUndefined();
    expect(unfitness(scene.script("b", "", { uid: 12345, mode: 0o777 }), other)?.kind).toBe("unsafe");
  });
  testUnless(lacking, "must be executable for him, which root's rights do not show", () =>
    expect(unfitness(scene.script("a", "", { mode: 0o700 }), other)?.complaint).toContain(
      "may not be executed by user 12345",
    ),
  );
  testUnless(lacking, "must not lie in a directory that is closed to him", () => {
    const path = scene.script("closed/ncs", "");
    chmodSync(join(scene.dir, "closed"), 0o700);
    expect(unfitness(path, other)?.complaint).toEndWith(`he may not enter ${join(scene.dir, "closed")}`);
  });
});

describe("an executable of the operator's is run by root", () => {
  const core = (uid: number): CoreUser => ({
    ...{
      uid,
      gid: uid,
      groups: [],
      variables: {},
      doubt: undefined,
      executable: undefined,
      argv0: undefined,
    },
  });
  testUnless(lacking, "as root where it is root's, whoever NSO's user is", () =>
    expect(runAsForOwn(scene.script("a", ""), core(12345))).toEqual({ runAs: "ourselves" }),
  );
  testUnless(lacking, "as NSO's user where it is his", () =>
    expect(runAsForOwn(scene.script("a", "", { uid: 12345 }), core(12345))).toEqual({
      runAs: { uid: 12345, gid: 12345, groups: [] },
    }),
  );
  testUnless(lacking, "not at all where it is another's, NSO is root's, or there is none", () => {
    const path = scene.script("a", "", { uid: 12345 });
    for (const one of [core(65534), core(0), undefined])
      expect(runAsForOwn(path, one)).toMatchObject({
        complaint: `${path} belongs to user 12345, not to root; mend it with: chown root ${path}`,
      });
  });
});
