import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDump, type Decoy, tryDecoy } from "../../src/drill/decoy.ts";
import { createSteps } from "../../src/drill/steps.ts";
import { type MadeUpProc, makeProc } from "../linux/made-up-proc.ts";

let dir: string;
let proc: MadeUpProc;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-drill-test-"));
  proc = makeProc();
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
  proc.close();
});

const check = (text: string) => {
  writeFileSync(join(dir, "ncs_crash.dump"), text);
  return checkDump(join(dir, "ncs_crash.dump"));
};

test("a dump with its end mark is complete", () =>
  expect(check("=erl_crash_dump:0.5\n=end\n")).toEndWith("complete"));
test("a dump without it was cut", () =>
  expect(() => check("=erl_crash_dump:0.5\n")).toThrow("has no end mark"));
test("a dump that is not there fails", () => expect(() => checkDump(join(dir, "none"))).toThrow("ENOENT"));

test("a decoy that cannot be started fails its step, and nothing is signalled", async () => {
  const steps = createSteps(() => {});
  const decoys = {
    start(): Decoy {
      throw new Error("no such program");
    },
    includes: () => true,
  };
  await tryDecoy(steps, decoys, { procDir: proc.dir, runDir: join(dir, "run") });
  expect(steps.made).toEqual([
    { name: "decoy under NSO's command line", result: "failed", detail: "no such program" },
  ]);
});
