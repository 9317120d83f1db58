import { afterEach, beforeEach, describe, expect } from "bun:test";
import { join } from "node:path";
import type { CoreUser } from "../../src/linux/core-user.ts";
import { findNcs } from "../../src/linux/ncs-command.ts";
import { testUnless } from "../lab/missing.ts";
import { rootMissing } from "../lab/users.ts";
import { createUserScene, type UserScene } from "./user-scene.ts";

const lacking = rootMissing;
let scene: UserScene;
const saved = { PATH: process.env.PATH, NCS_DIR: process.env.NCS_DIR };
beforeEach(() => {
  scene = createUserScene();
  process.env.PATH = join(scene.dir, "path");
});
afterEach(() => {
  for (const [name, value] of Object.entries(saved))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  scene.close();
});

/** A core of that user which says that its NSO is in `NAME`. */
function core(uid: number, name: string, made: Partial<CoreUser> = {}): CoreUser {
  const dir = join(scene.dir, name);
  return {
    ...{ uid, gid: uid, groups: [], doubt: undefined },
    variables: { NCS_DIR: dir },
    executable: undefined,
    argv0: join(dir, "lib/ncs/erts/bin/ncs.smp"),
    ...made,
  };
}
const executable = (name: string) => ({ executable: join(scene.dir, name, "lib/ncs/erts/bin/ncs.smp") });
const find = (one: CoreUser | undefined, configured?: string) => findNcs({ configured, core: one });

describe("root finds ncs", () => {
  testUnless(lacking, "in the NCS_DIR of root's core", () => {
    const path = scene.script("nso/bin/ncs", "");
    expect(find(core(0, "nso"))).toMatchObject({
      ncs: { path, runAs: "ourselves", env: { NCS_DIR: join(scene.dir, "nso") } },
    });
  });
  testUnless(lacking, "of root's core not where another user could write it, and says what mends it", () => {
    const path = scene.script("nso/bin/ncs", "", { mode: 0o757 });
    expect(find(core(0, "nso"))).toEqual({
      complaint: `refused: ${path} can be written by others (mode 0757); mend it with: chmod go-w ${path}; or set [nso] command`,
    });
  });
  testUnless(lacking, "of another user's core not by that process's own words", () => {
    scene.script("nso/bin/ncs", "", { uid: 12345 });
    expect(find(core(12345, "nso"))).toHaveProperty("complaint");
  });
  testUnless(lacking, "of another user's core by its executable, and runs it as that user", () => {
    const path = scene.script("nso/bin/ncs", "", { uid: 12345 });
    expect(find(core(12345, "nso", executable("nso")))).toMatchObject({
      ncs: { path, runAs: { uid: 12345 } },
    });
  });
  testUnless(lacking, "in PATH, and passes over one that is not safe", () => {
    const unsafe = scene.script("first/ncs", "", { uid: 65534 });
    const path = scene.script("second/ncs", "");
    process.env.PATH = `${join(scene.dir, "first")}:relative:${join(scene.dir, "second")}`;
    expect(find(undefined)).toMatchObject({
      ncs: {
        path,
        passedOver: [
          `refused: ${unsafe} belongs to user 65534, not to root; mend it with: chown root ${unsafe}`,
        ],
      },
    });
  });
  testUnless(lacking, "that was configured, or complains about that one alone", () => {
    const path = scene.script("own/ncs", "");
    expect(find(core(0, "none"), path)).toMatchObject({ ncs: { path } });
    const absent = join(scene.dir, "absent");
    expect(find(core(0, "none"), absent)).toEqual({ complaint: `ncs not found in ${absent}` });
  });
  testUnless(lacking, "nowhere, and says where it looked and what to set", () => {
    const found = find(core(65534, "nso"));
    if (!("complaint" in found)) throw new Error("found");
    expect(found.complaint).toMatch(/^ncs not found in any of \d+ directories \(PATH, /);
    expect(found.complaint).not.toContain(join(scene.dir, "path"));
    expect(found.complaint).toEndWith("; or set [nso] command");
  });
});
