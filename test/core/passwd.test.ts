import { describe, expect, test } from "bun:test";
import { isPrivateGroup, parsePasswd } from "../../src/core/passwd.ts";

const passwd =
  "root:x:0:0:root:/root:/bin/sh\nnso:x:999:990::/nso:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n";

test("each line of passwd is a user; what is none is left out", () => {
  expect(parsePasswd(`${passwd}+::::::\n# comment\nhalf:x:\n`)).toEqual([
    { name: "root", uid: 0, gid: 0, home: "/root" },
    { name: "nso", uid: 999, gid: 990, home: "/nso" },
    { name: "alice", uid: 1000, gid: 1000, home: "/home/alice" },
  ]);
});

describe("a user's own group", () => {
  const isPrivate = (group: string, { uid = 1000, gid = 1000, more = "" } = {}) =>
    isPrivateGroup({ uid, gid }, { passwd: passwd + more, group });

  test("is his alone without members, or with himself as one", () => {
    expect(isPrivate("alice:x:1000:\n")).toBe(true);
    expect(isPrivate("alice:x:1000:alice\n")).toBe(true);
  });
  test("is not with another member, under any of its lines", () => {
    expect(isPrivate("alice:x:1000:alice,nso\n")).toBe(false);
    expect(isPrivate("alice:x:1000:\nstaff:x:1000:nso\n")).toBe(false);
  });
  test("is not when it is another user's own group as well", () => {
    expect(isPrivate("alice:x:1000:\n", { more: "bob:x:1001:1000::/:/bin/sh\n" })).toBe(false);
  });
  test("is not when it is the own group of another user, or of none", () => {
    expect(isPrivate("nso:x:990:\n", { gid: 990 })).toBe(false);
    expect(isPrivate("wheel:x:10:\n", { gid: 10 })).toBe(false);
  });
});
