import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeDump } from "../../src/core/dump-prospect.ts";
import { readDumpSettings } from "../../src/core/dump-settings.ts";
import type { ProbeAnswer } from "../../src/linux/dump-probe.ts";
import { surveyTarget } from "../../src/linux/dump-survey.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { coreArgv, type MadeUpProc, makeProc } from "./made-up-proc.ts";

let proc: MadeUpProc;
let dir: string;
beforeEach(() => {
  proc = makeProc();
  dir = realpathSync(mkdtempSync(join(tmpdir(), "nsomem-survey-")));
  proc.put({ pid: 100, argv: coreArgv, rssKib: 1000 });
  runAs(0);
});
afterEach(() => {
  proc.close();
  rmSync(dir, { recursive: true, force: true });
});

/** As whom the core runs; root with every capability. */
function runAs(uid: number): void {
  const ids = `Uid:\t${uid}\t${uid}\t${uid}\t${uid}\nGid:\t${uid}\t${uid}\t${uid}\t${uid}\nGroups:\t\n`;
  const capabilities = uid === 0 ? "000001ffffffffff" : "0";
  writeFileSync(join(proc.dir, "100/status"), `${ids}VmRSS:\t1000 kB\nCapEff:\t${capabilities}\n`);
}

const at = (name: string) => join(dir, name);

async function survey(name = "erl_crash.dump", answer?: ProbeAnswer) {
  const places = [{ path: at(name), reach: at(name), fallback: false, isEntered: true }];
  const target = { places, settings: readDumpSettings({}, coreArgv), root: "/" };
  const found = await surveyTarget(proc.dir, 100, target, () => answer);
  return { ...found, ...judgeDump({ ...found.facts, coreKib: 1000 }) };
}

describe("what keeps no dump is hopeless", () => {
  test("a device", async () => {
    symlinkSync("/dev/null", at("erl_crash.dump"));
    const { outlook, reasons, movable } = await survey();
    expect({ outlook, movable }).toEqual({ outlook: "hopeless", movable: [] });
    expect(reasons).toEqual([
      `${at("erl_crash.dump")}, a link to /dev/null: is a device, which keeps no dump`,
    ]);
  });

  testUnless(missingCommand("mkfifo"), "a FIFO", async () => {
    Bun.spawnSync(["mkfifo", at("erl_crash.dump")]);
    expect(await survey()).toMatchObject({ outlook: "hopeless", reasons: [expect.stringContaining("FIFO")] });
  });

  test("a socket", async () => {
    const server = createServer().listen(at("erl_crash.dump"));
    await new Promise((resolve) => server.once("listening", resolve));
    expect(await survey()).toMatchObject({
      outlook: "hopeless",
      reasons: [expect.stringContaining("socket")],
    });
    server.close();
  });

  test("a directory, also behind a link", async () => {
    mkdirSync(at("one"));
    symlinkSync(at("one"), at("erl_crash.dump"));
    expect((await survey()).reasons.join()).toContain("is a directory");
  });

  test("a link into a directory that is not there, and links in a circle", async () => {
    symlinkSync(at("none/dump"), at("erl_crash.dump"));
    expect((await survey()).reasons.join()).toContain("its directory does not exist");
    symlinkSync(at("circle"), at("circle"));
    expect((await survey("circle")).reasons.join()).toContain("in a circle");
  });

  testUnless(missingCommand("chattr"), "an immutable directory, also for root", async () => {
    if (!Bun.spawnSync(["chattr", "+i", dir], { stderr: "ignore" }).success) return;
    try {
      expect((await survey()).reasons.join()).toContain("its directory is immutable");
    } finally {
      Bun.spawnSync(["chattr", "-i", dir]);
    }
  });
});

describe("a link to a larger disk", () => {
  testUnless(missingCommand("mount"), "is judged where it leads", async () => {
    mkdirSync(at("small"));
    expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", at("small")]).success).toBe(true);
    try {
      symlinkSync(at("erl_crash.dump"), at("small/erl_crash.dump"));
      const { outlook, facts, probes } = await survey("small/erl_crash.dump");
      expect(outlook).toBe("good");
      expect(probes).toEqual([{ directory: dir, isEntered: false }]);
      expect(facts.places[0]?.leadsTo).toBe(at("erl_crash.dump"));
    } finally {
      Bun.spawnSync(["umount", "-l", at("small")]);
    }
  });

  test("is never moved itself: what may be moved is the file behind it", async () => {
    writeFileSync(at("old"), "=end\n");
    symlinkSync(at("old"), at("erl_crash.dump"));
    expect((await survey()).movable).toEqual([
      { path: at("old"), reach: at("old"), place: at("erl_crash.dump"), isInTheWay: false },
    ]);
  });

  test("of a third user gives him no file moved that is not his", async () => {
    writeFileSync(at("old"), "=end\n");
    symlinkSync(at("old"), at("erl_crash.dump"));
    lchownSync(at("erl_crash.dump"), 54321, 54321);
    expect((await survey()).movable).toEqual([]);
  });
});

describe("a file that the core may not write", () => {
  const asRoot = process.geteuid?.() === 0 ? undefined : "root gives files to others";

  testUnless(
    asRoot,
    "is moved out of its way, and behind a third user's link there can be no dump",
    async () => {
      runAs(12345);
      chmodSync(dir, 0o777);
      writeFileSync(at("erl_crash.dump"), "another's", { mode: 0o600 });
      const path = at("erl_crash.dump");
      const inTheWay = { path, reach: path, place: path, isInTheWay: true };
      expect(await survey()).toMatchObject({ outlook: "good", movable: [inTheWay] });
      symlinkSync(at("erl_crash.dump"), at("link"));
      lchownSync(at("link"), 54321, 54321);
      const { outlook, reasons } = await survey("link");
      expect({ outlook, reasons }).toEqual({
        outlook: "hopeless",
        reasons: [
          expect.stringContaining("the file there is not the core's, and the link to it somebody else's"),
        ],
      });
    },
  );
});

describe("the answer of a probe", () => {
  test.each<[ProbeAnswer | undefined, string]>([
    [undefined, "good"],
    [{ kind: "untried" }, "good"],
    [{ kind: "made" }, "good"],
    [{ kind: "silent" }, "doubtful"],
    [{ kind: "refused", reason: "Permission denied" }, "hopeless"],
    [{ kind: "full" }, "hopeless"],
  ])("%p makes the outlook %s", async (answer, outlook) =>
    expect(await survey("erl_crash.dump", answer)).toMatchObject({ outlook }),
  );

  test("is not asked where an existing file is written over in a closed directory", async () => {
    writeFileSync(at("erl_crash.dump"), "");
    chmodSync(at("erl_crash.dump"), 0o666);
    chmodSync(dir, 0o755);
    runAs(65534);
    const refused = { kind: "refused", reason: "Permission denied" } as const;
    expect(await survey("erl_crash.dump", refused)).toMatchObject({ outlook: "good", movable: [] });
  });
});
