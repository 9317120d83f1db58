import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeExecutable } from "../../src/linux/executable.ts";
import { readCore } from "../../src/linux/nso.ts";
import { startCore } from "../lab/core.ts";
import { testUnless } from "../lab/missing.ts";
import { nativeMissing, nativeProgram } from "../lab/native.ts";
import { rootMissing, usersMissing } from "../lab/users.ts";
import { makeProc } from "./made-up-proc.ts";

const nso = 12345;
const admin = 54321;

let dir: string;
let stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-executable-"));
  chmodSync(dir, 0o755);
});
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
  rmSync(dir, { recursive: true });
});

/** A copy of the stand-in core in a directory of its own: whose it is, and who may write it. */
function program({ owner = 0, mode = 0o755, dirOwner = 0, dirMode = 0o755 } = {}): string {
  const bin = join(dir, "bin");
  mkdirSync(bin);
  const copy = join(bin, "ncs.smp");
  copyFileSync(nativeProgram("core"), copy);
  chownSync(copy, owner, owner);
  chmodSync(copy, mode);
  chownSync(bin, dirOwner, dirOwner);
  chmodSync(bin, dirMode);
  return copy;
}

/** What is found of a real core, of user `as`, that executes `path`. */
async function judged(path: string, as = 0) {
  const part = await startCore({ program: path, ...(as === 0 ? {} : { as }) });
  stops.push(part.stop);
  const core = readCore("/proc", part.pid);
  if (!core) throw new Error("no core");
  expect(core.uid).toBe(as);
  return { core, finding: judgeExecutable("/proc", core) };
}

/** As the kernel shows them. */
function uidsOf(pid: number): { uid: number | undefined; effective: number | undefined } {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const [uid, effective] = (/^Uid:(.*)$/m.exec(text)?.[1] ?? "").trim().split(/\s+/).map(Number);
  return { uid, effective };
}
const why = async (...[path, as]: Parameters<typeof judged>) => {
  const { finding } = await judged(path, as);
  return finding.state === "unfit" ? finding.why : finding.state;
};

describe("the executable of a core", () => {
  const missing = nativeMissing ?? usersMissing;

  testUnless(missing, "of root is fit where it and all above it are root's alone", async () => {
    expect(await why(program())).toBe("fit");
  });
  testUnless(missing, "is fit where it belongs to the core's own user", async () => {
    expect(await why(program({ owner: nso, dirOwner: nso }), nso)).toBe("fit");
  });
  testUnless(missing, "of another user is not, for root nor for a user", async () => {
    expect(await why(program({ owner: admin }))).toContain(`ncs.smp belongs to user ${admin}`);
  });
  testUnless(missing, "in a directory of another user is not", async () => {
    expect(await why(program({ dirOwner: admin }), nso)).toContain(
      `bin of its executable belongs to user ${admin}`,
    );
  });
  testUnless(missing, "in a directory that everyone may write is not", async () => {
    expect(await why(program({ dirMode: 0o777 }))).toContain("can be written by others (mode 0777)");
  });
  testUnless(missing, "below a sticky directory of root's is fit", async () => {
    expect(await why(program({ dirMode: 0o1777 }))).toBe("fit");
  });
  testUnless(missing, "in a sticky directory of another user is not", async () => {
    expect(await why(program({ dirOwner: admin, dirMode: 0o1777 }))).toContain("belongs to user");
  });
  testUnless(missing, "that everyone may write is not", async () => {
    expect(await why(program({ mode: 0o757 }))).toContain("ncs.smp can be written by others (mode 0757)");
  });
  testUnless(missing, "that anyone may start with its owner's rights is not", async () => {
    expect(await why(program({ mode: 0o4755 }))).toContain("is a set-user-ID program");
  });
  testUnless(missing, "that a group of others may write is not", async () => {
    expect(await why(program({ owner: nso, mode: 0o775 }), nso)).toContain("(mode 0775)");
  });
  testUnless(missing, "that was removed by an upgrade is judged by what the core still runs", async () => {
    const path = program({ owner: admin });
    const { core } = await judged(path);
    rmSync(join(dir, "bin"), { recursive: true });
    expect(judgeExecutable("/proc", core)).toMatchObject({
      state: "unfit",
      why: expect.stringContaining("(deleted)"),
    });
    expect(await why(program())).toBe("fit");
    rmSync(join(dir, "bin"), { recursive: true });
  });
  testUnless(missing, "that was removed is fit where it was root's alone", async () => {
    const { core } = await judged(program());
    rmSync(join(dir, "bin"), { recursive: true });
    expect(judgeExecutable("/proc", core)).toEqual({ state: "fit" });
  });
});

testUnless(
  nativeMissing ?? usersMissing,
  "a set-user-ID program of root's acts for whoever started it",
  async () => {
    const part = await startCore({ program: program({ mode: 0o4755 }), as: nso });
    stops.push(part.stop);
    const { uid, effective } = uidsOf(part.pid);
    expect({ effective, actsFor: readCore("/proc", part.pid)?.uid }).toEqual({ effective: 0, actsFor: uid });
    expect(uid).toBe(nso);
  },
);

test("nothing is said of a made-up process without an executable", () => {
  const proc = makeProc();
  proc.put({ pid: 100 });
  expect(judgeExecutable(proc.dir, { pid: 100, uid: 0 })).toEqual({ state: "fit" });
  proc.close();
});

testUnless(rootMissing, "a link that may not be followed is unreadable", () => {
  const proc = makeProc();
  // As every error but ENOENT: a file in the place of the link gives EINVAL.
  proc.put({ pid: 100 });
  writeFileSync(join(proc.dir, "100/exe"), "");
  expect(judgeExecutable(proc.dir, { pid: 100, uid: 0 })).toMatchObject({
    state: "unreadable",
    why: expect.stringContaining("EINVAL"),
  });
  proc.close();
});
