import { describe, expect, test } from "bun:test";
import { ownershipComplaints } from "../../src/linux/ownership.ts";

const directory = 0o040755;
const file = 0o100644;

/** Looks at made-up owners and modes; what is not named is root's and closed to others. */
function complaints(path: string, made: Record<string, { uid?: number; mode?: number }>, uid = 0): string[] {
  return ownershipComplaints(path, {
    uid,
    stat: (at) => ({ uid: made[at]?.uid ?? 0, mode: made[at]?.mode ?? (at === path ? file : directory) }),
  });
}

describe("a file that root obeys", () => {
  test("is trusted when it and all above it are root's alone", () => {
    expect(complaints("/e/n/c.toml", {})).toEqual([]);
  });
  test("is not when its group can write it", () => {
    expect(complaints("/e/n/c.toml", { "/e/n/c.toml": { mode: 0o100660 } })).toEqual([
      "/e/n/c.toml can be written by others (mode 0660); mend it with: chmod go-w /e/n/c.toml",
    ]);
  });
  test("is not when a directory far above it belongs to another", () => {
    expect(complaints("/e/n/c.toml", { "/e": { uid: 1000 } })).toEqual([
      "directory /e belongs to user 1000, not to root; mend it with: chown root /e",
    ]);
  });
  test("may lie below a sticky directory of root's, not below an open one", () => {
    expect(complaints("/e/n/c.toml", { "/e": { mode: 0o041777 } })).toEqual([]);
    expect(complaints("/e/n/c.toml", { "/e": { mode: 0o040777 } })).toHaveLength(1);
  });
  test("is not saved by a sticky bit of its own", () => {
    expect(complaints("/e/c.toml", { "/e/c.toml": { mode: 0o101666 } })).toHaveLength(1);
  });
  test("is named so that a shell takes the command as it stands", () => {
    expect(complaints("/e/it's mine", { "/e/it's mine": { mode: 0o100666 } })[0]).toEndWith(
      "chmod go-w '/e/it'\\''s mine'",
    );
  });
});

test("another user than root trusts its own files", () => {
  expect(complaints("/e/n/c.toml", { "/e/n/c.toml": { mode: 0o100666, uid: 7 } }, 1000)).toEqual([]);
});
