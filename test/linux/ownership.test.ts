import { describe, expect, test } from "bun:test";
import { doNow } from "../../src/linux/file-work.ts";
import { ownershipComplaints, type PlaceOptions, wayToDirectory } from "../../src/linux/ownership.ts";

const directory = 0o040755;
const file = 0o100644;
const link = 0o120777;

interface Made {
  uid?: number;
  gid?: number;
  mode?: number;
  target?: string;
}

/** Made-up owners and modes; what is not named is root's and closed to others. */
const viewOf = (path: string, made: Record<string, Made | undefined>, uid: number) => ({
  uid,
  // biome-ignore lint/correctness/useYield: made up, so that nothing is asked
  *stat(at: string) {
    if (at in made && made[at] === undefined) return undefined;
    const { uid = 0, gid = 0, mode } = made[at] ?? {};
    return { uid, gid, mode: mode ?? (made[at]?.target ? link : at === path ? file : directory) };
  },
  // biome-ignore lint/correctness/useYield: made up
  *target(at: string) {
    return made[at]?.target ?? "";
  },
});

const complaints = (path: string, made: Record<string, Made | undefined>, uid = 0) =>
  ownershipComplaints(path, viewOf(path, made, uid));

const way = (path: string, made: Record<string, Made | undefined>, options: PlaceOptions = {}) =>
  doNow(wayToDirectory(path, options, viewOf("", made, 0)));

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

describe("a symbolic link on the way", () => {
  test("is followed as far as it leads, and each link of a chain is checked where it lies", () => {
    const chain = { "/e/c": { target: "/open/next" }, "/open/next": { target: "../root/c" } };
    expect(complaints("/e/c", { ...chain, "/root/c": { mode: file } })).toEqual([]);
    expect(complaints("/e/c", { ...chain, "/open": { mode: 0o040777 } })[0]).toStartWith(
      "directory /open can",
    );
    expect(complaints("/e/c", { ...chain, "/root/c": { uid: 7 } })[0]).toStartWith(
      "/root/c belongs to user 7",
    );
  });
  test("of another user is refused wherever it leads", () => {
    expect(complaints("/e/c", { "/e/c": { uid: 7, target: "/root/c" } })[0]).toContain("belongs to user 7");
  });
  test("that leads to itself ends in a sentence", () => {
    expect(complaints("/e/c", { "/e/c": { target: "c" } })).toEqual([
      "/e/c leads through more than 40 symbolic links",
    ]);
  });
});

describe("a file that another user than root obeys", () => {
  const uid = 12345;
  test("may be root's or his own", () => {
    expect(complaints("/h/c", { "/h": { uid }, "/h/c": { uid } }, uid)).toEqual([]);
    expect(complaints("/h/c", {}, uid)).toEqual([]);
  });
  test("must not be a third user's", () => {
    expect(complaints("/h/c", { "/h/c": { uid: 65534 } }, uid)).toEqual([
      "/h/c belongs to user 65534, neither to root nor to user 12345; mend it with: chown 12345 /h/c",
    ]);
  });
  test("may be written by his private group and by root's, not by another group or by all", () => {
    const grouped = (gid: number, mode = 0o100664) =>
      complaints("/h/c", { "/h/c": { uid, gid, mode } }, uid).length;
    expect([grouped(uid), grouped(0), grouped(100), grouped(uid, 0o100666)]).toEqual([0, 0, 1, 1]);
  });
});

describe("a directory to keep files in", () => {
  test("that is not there is told from what is there of its way", () => {
    expect(way("/v/lib/n/x", { "/v/lib/n": undefined })).toMatchObject({
      complaints: [],
      real: "/v/lib",
      missing: ["n", "x"],
    });
  });
  test("may lie in a sticky one and is none itself, but for a single file", () => {
    const sticky = { "/t": { mode: 0o041777 } };
    expect(way("/t/n", sticky).complaints).toEqual([]);
    expect(way("/t", sticky).complaints[0]).toContain("is everybody's (mode 1777)");
    expect(way("/t", sticky, { isShared: true }).complaints).toEqual([]);
  });
  test("without the sticky bit is refused for a single file too", () => {
    expect(way("/t", { "/t": { mode: 0o040777 } }, { isShared: true }).complaints).toHaveLength(1);
  });
  test("may be open to all below one that nobody else can enter", () => {
    const open = { mode: 0o041777 };
    expect(way("/w/home", { "/w": { mode: 0o040700 }, "/w/home": open }).complaints).toEqual([]);
    expect(way("/w/home", { "/w": { mode: 0o040710 }, "/w/home": open }).complaints).toHaveLength(1);
    expect(way("/w/home", { "/w/home": { mode: 0o040700 } }).complaints).toEqual([]);
  });
  test("is not sealed by a directory that a link leads out of", () => {
    const made = {
      "/w": { mode: 0o040700 },
      "/w/home": { target: "/t/open" },
      "/t/open": { mode: 0o040777 },
    };
    expect(way("/w/home", made).complaints).toHaveLength(1);
  });
  test("of logs may lie in one that root gave to a group, and is given to none itself", () => {
    const logs = { trustsGroups: true };
    const grouped = { mode: 0o040775, gid: 104 };
    expect(way("/v/log/n", { "/v/log": grouped }, logs).complaints).toEqual([]);
    expect(way("/v/log/n", { "/v/log": grouped }).complaints).toHaveLength(1);
    expect(way("/v/log/n", { "/v/log/n": grouped }, logs).complaints).toHaveLength(1);
    expect(way("/v/log/n", { "/v/log": { mode: 0o040777 } }, logs).complaints).toHaveLength(1);
  });
});
