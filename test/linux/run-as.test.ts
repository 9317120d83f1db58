import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { CoreUser } from "../../src/linux/core-user.ts";
import { launchAs, mayGuide, runAsFor } from "../../src/linux/run-as.ts";

function core(uid: number, made: Partial<CoreUser> = {}): CoreUser {
  return {
    ...{ uid, gid: uid, groups: [uid, 27], variables: {} },
    ...{ doubt: undefined, executable: undefined, argv0: undefined },
    ...made,
  };
}
const user = { uid: 12345, gid: 12345, groups: [12345, 27] };

describe("ncs is run", () => {
  test("by root for root's core as root", () => expect(runAsFor(core(0), 0)).toBe("ourselves"));
  test("by root for another user's core as that user, with his groups", () =>
    expect(runAsFor(core(12345), 0)).toEqual(user));
  test("by root without a core as root", () => expect(runAsFor(undefined, 0)).toBe("ourselves"));
  test("by another user always as himself", () => {
    for (const one of [core(12345), core(0), core(65534), undefined])
      expect(runAsFor(one, 12345)).toBe("ourselves");
  });
  test("by root not at all for a process of which it cannot be told whose words it carries", () => {
    const doubt = "PID 7 runs a set-user-ID program";
    expect(runAsFor(core(0, { doubt }), 0)).toEqual({
      refusal: "PID 7 runs a set-user-ID program: as whom to run ncs cannot be told",
    });
  });
});

describe("what a core says of itself", () => {
  test("counts for root where the core is root's, and not where it is another's", () => {
    expect(mayGuide(core(0), "ourselves", 0)).toBe(true);
    expect(mayGuide(core(12345), "ourselves", 0)).toBe(false);
  });
  test("counts for a command of the core's own user, and not for one of a third", () => {
    expect(mayGuide(core(12345), user, 0)).toBe(true);
    expect(mayGuide(core(65534), user, 0)).toBe(false);
  });
  test("counts for another user than root where the core is his own", () => {
    expect(mayGuide(core(12345), "ourselves", 12345)).toBe(true);
    expect(mayGuide(core(0), "ourselves", 12345)).toBe(false);
  });
  test("counts for nobody where there is a doubt", () =>
    expect(mayGuide(core(0, { doubt: "so" }), "ourselves", 0)).toBe(false));
});

describe("the words of a command", () => {
  const words = ["/opt/ncs", "--version"];
  test("stay as they are for ourselves", () =>
    expect(launchAs("ourselves", words)).toEqual({ words, identity: {} }));
  test("stay as they are for a user without further groups, and Bun changes the user", () =>
    expect(launchAs({ ...user, groups: [12345] }, words)).toEqual({
      words,
      identity: { uid: 12345, gid: 12345 },
    }));
  test("get setpriv before them for one with further groups, where it is installed", () => {
    if (!existsSync("/usr/bin/setpriv")) return;
    expect(launchAs(user, words)).toEqual({
      words: ["/usr/bin/setpriv", "--reuid=12345", "--regid=12345", "--groups=27", "--", ...words],
      identity: {},
    });
  });
});
