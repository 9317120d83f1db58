import { describe, expect, test } from "bun:test";
import { type CorePlace, isSamePlace } from "../../src/core/core-place.ts";

const before: CorePlace = { cgroups: "0::/docker/a\n", mounts: "mnt:[1]", runDir: "/nso/run" };

describe("a core that has come", () => {
  test.each<[string, Partial<CorePlace>]>([
    ["at the same place", {}],
    ["with mounts of its own anew, as a service with PrivateTmp has them", { mounts: "mnt:[2]" }],
    ["from another shell, in another cgroup", { cgroups: "0::/user.slice/session-7.scope\n" }],
    ["that may not be looked at", { cgroups: undefined, mounts: undefined, runDir: undefined }],
  ])("%s is the one that was watched", (_, change) => {
    expect(isSamePlace(before, { ...before, ...change })).toBe(true);
  });

  test.each<[string, Partial<CorePlace>]>([
    ["in another container", { cgroups: "0::/docker/b\n", mounts: "mnt:[2]" }],
    ["in another run directory", { runDir: "/home/lab/other-run" }],
  ])("%s is another NSO", (_, change) => {
    expect(isSamePlace(before, { ...before, ...change })).toBe(false);
  });
});
