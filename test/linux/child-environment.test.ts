import { afterEach, describe, expect, test } from "bun:test";
import { environmentFor } from "../../src/linux/child-environment.ts";
import type { CoreUser } from "../../src/linux/core-user.ts";
import { testUnless } from "../lab/missing.ts";
import { rootMissing } from "../lab/users.ts";

const saved = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, saved);
});

function setEnvironment(env: Record<string, string>): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
}

function core(uid: number): CoreUser {
  return {
    ...{ uid, gid: uid, groups: [], doubt: undefined, executable: undefined, argv0: undefined },
    variables: { NCS_IPC_PORT: "4570", NCS_DIR: "/of/the/core" },
  };
}

const hostile = {
  ...{ LD_PRELOAD: "/e.so", BUN_OPTIONS: "--preload e", NODE_OPTIONS: "-r e", BASH_ENV: "/e", IFS: "/" },
  ...{ NSOMEM_PROC: "/x", "BASH_FUNC_read%%": "() { :; }", SSH_AUTH_SOCK: "/s", LESSOPEN: "|e" },
};
const own = {
  ...hostile,
  PATH: "/own/bin",
  HOME: "/root",
  USER: "root",
  LOGNAME: "root",
  SHELL: "/bin/zsh",
  TZ: "UTC",
  LANG: "C",
  LC_TIME: "C",
};

describe("the environment of a command", () => {
  testUnless(rootMissing, "as NSO's user is this list and nothing else", () => {
    setEnvironment({ ...own, NCS_IPC_ADDR: "10.0.0.1", NCS_IPC_PORT: "1" });
    expect(environmentFor({ uid: 65534, gid: 65534, groups: [] }, core(65534))).toEqual({
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ...{ HOME: "/nonexistent", USER: "nobody", LOGNAME: "nobody" },
      ...{ TZ: "UTC", LANG: "C", LC_TIME: "C" },
      ...{ NCS_IPC_ADDR: "10.0.0.1", NCS_IPC_PORT: "4570", NCS_DIR: "/of/the/core" },
    });
  });
  test("as a user who is in no file has the root directory as his home, and no name", () => {
    setEnvironment(own);
    const env = environmentFor({ uid: 12345, gid: 12345, groups: [] }, undefined);
    expect(env.HOME).toBe("/");
    expect(env).not.toHaveProperty("USER");
  });
  testUnless(
    rootMissing,
    "as root has nothing of another user's core, and the NCS_ variables of root's",
    () => {
      setEnvironment(own);
      const plain = {
        PATH: "/own/bin",
        HOME: "/root",
        USER: "root",
        LOGNAME: "root",
        SHELL: "/bin/zsh",
        TZ: "UTC",
        LANG: "C",
        LC_TIME: "C",
      };
      expect(environmentFor("ourselves", core(12345))).toEqual(plain);
      expect(environmentFor("ourselves", core(0))).toEqual({
        ...plain,
        NCS_IPC_PORT: "4570",
        NCS_DIR: "/of/the/core",
      });
    },
  );
});
