import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coreRuleFor } from "../../src/linux/core-rule.ts";
import { testUnless } from "../lab/missing.ts";
import { rootMissing } from "../lab/users.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-core-rule-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const nso = 12345;

/** A directory of user nso below `dir`. */
function place(path: string): string {
  const made = join(dir, path);
  mkdirSync(made);
  chownSync(made, nso, nso);
  return made;
}
const usersOfRoot = (...places: string[]) => coreRuleFor({ places }, 0, []).ranks;

describe("root's agent takes the cores of root", () => {
  test("alone where there is no directory of NSO's", () => {
    expect(usersOfRoot(join(dir, "none"))).toEqual([[0]]);
  });

  testUnless(rootMissing, "and of the owner of a run or installation directory, also behind a link", () => {
    expect(usersOfRoot(place("run"))).toEqual([[0, nso]]);
    symlinkSync(place("ncs-6.4"), join(dir, "current"));
    expect(coreRuleFor({}, 0, [join(dir, "current")]).ranks).toEqual([[0, nso]]);
  });

  testUnless(rootMissing, "and of an owner whose directory lies in his own", () => {
    const home = place("home");
    mkdirSync(join(home, "run"));
    chownSync(join(home, "run"), nso, nso);
    expect(usersOfRoot(join(home, "run"))).toEqual([[0, nso]]);
  });

  testUnless(rootMissing, "not of whoever could have made the directory by himself", () => {
    const run = place("run");
    chmodSync(dir, 0o777);
    expect(usersOfRoot(run)).toEqual([[0]]);
    chmodSync(dir, 0o1777);
    expect(usersOfRoot(run)).toEqual([[0]]);
    chmodSync(dir, 0o755);
    chownSync(dir, 54321, 54321);
    expect(usersOfRoot(run)).toEqual([[0]]);
  });
});

test("an ordinary user's agent takes his own cores, then root's", () => {
  expect(coreRuleFor({ places: ["/"] }, 1001).ranks).toEqual([[1001], [0]]);
});

test("a user who is asked for is the only one", () => {
  expect(coreRuleFor({ uid: nso, places: ["/"] }, 0).ranks).toEqual([[nso]]);
});
