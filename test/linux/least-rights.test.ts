import { expect } from "bun:test";
import { testUnless } from "../lab/missing.ts";
import { usersMissing } from "../lab/users.ts";
import { evaluateAs } from "./as-user.ts";

const imports = {
  "becomeOwner, becomeLeastUrgent": "linux/least-rights.ts",
  "readCredentials, hasCapability": "linux/credentials.ts",
  readOptional: "linux/procfs.ts",
};

/** Of each thread: its user, its groups, its capabilities. */
const threads = `[...new Set((await import("node:fs")).readdirSync("/proc/self/task").map((thread) => {
  const text = readOptional("/proc/self/task/" + thread + "/status") ?? "";
  return ["Uid", "Gid", "Groups", "CapEff"].map((name) => new RegExp("^" + name + ":[ \\t]*(.*?)[ \\t]*$", "m").exec(text)?.[1]).join(" ");
}))]`;

testUnless(usersMissing, "root becomes the owner of the file, with all threads and nothing of root's", () => {
  const became = `(async () => [becomeOwner({ uid: 12345, gid: 54321 }), ${threads}])()`;
  expect(evaluateAs(0, imports, became)).toEqual([
    null,
    ["12345\t12345\t12345\t12345 54321\t54321\t54321\t54321  0000000000000000"],
  ]);
});

testUnless(usersMissing, "for a file of root's own root becomes nobody", () => {
  const became = `(async () => [becomeOwner({ uid: 0, gid: 0 }), readCredentials("/proc", "self")])()`;
  expect(evaluateAs(0, imports, became)).toEqual([
    null,
    expect.objectContaining({ uid: 65534, gid: 65534, groups: [], overridesPermissions: false }),
  ]);
});

testUnless(usersMissing, "another user stays who he is", () => {
  const became = `(async () => [becomeOwner({ uid: 0, gid: 0 }), readCredentials("/proc", "self")])()`;
  expect(evaluateAs(12345, imports, became)).toEqual([null, expect.objectContaining({ uid: 12345 })]);
});

testUnless(
  usersMissing,
  "the least urgent process is the first that the OOM killer takes, and its threads are nice",
  () => {
    const became = `(async () => { becomeLeastUrgent(); return [
    readOptional("/proc/self/oom_score_adj")?.trim(),
    [...new Set((await import("node:fs")).readdirSync("/proc/self/task").map((thread) =>
      readOptional("/proc/self/task/" + thread + "/stat")?.replace(/^.*\\) /, "").split(" ")[16]))],
  ]; })()`;
    expect(evaluateAs(0, imports, became)).toEqual(["1000", ["19"]]);
  },
);
