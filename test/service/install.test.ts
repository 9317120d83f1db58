import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installSteps, removeSteps, type Step } from "../../src/service/install.ts";
import { fitBinary } from "../../src/service/place.ts";
import { unitText } from "../../src/service/unit.ts";
import { testUnless } from "../lab/missing.ts";

const notRoot = process.getuid?.() === 0 ? undefined : "root alone gives files to a group";

const options = { exec: "/usr/local/bin/nsomem", user: undefined };
let dir: string;
let unit: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "nsomem-service-"));
  unit = join(dir, "nsomem.service");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Those that need no systemd. */
async function doFiles(steps: readonly Step[]): Promise<string[]> {
  for (const step of steps) if (!step.text.startsWith("systemctl")) await step.do();
  return steps.flatMap(({ text }) => (text.startsWith("systemctl") ? [text] : []));
}

describe("install", () => {
  test("writes a unit that everybody may read and the directory for drop-ins, then turns to systemd", async () => {
    const asked = await doFiles(installSteps(options, { dir }));
    expect(await Bun.file(unit).text()).toBe(unitText(options));
    expect(statSync(unit).mode & 0o777).toBe(0o644);
    expect(existsSync(`${unit}.d`)).toBe(true);
    expect(asked).toEqual([
      "systemctl daemon-reload",
      "systemctl enable nsomem.service",
      "systemctl restart nsomem.service",
    ]);
  });

  test("replaces its own unit, and leaves somebody else's alone", async () => {
    await doFiles(installSteps(options, { dir }));
    await doFiles(installSteps({ ...options, user: "nso" }, { dir }));
    expect(await Bun.file(unit).text()).toContain("\nUser=nso\n");
    writeFileSync(unit, "[Service]\nExecStart=/bin/true\n");
    await expect(doFiles(installSteps(options, { dir }))).rejects.toThrow("was not written by nsomem");
    expect(await Bun.file(unit).text()).toBe("[Service]\nExecStart=/bin/true\n");
  });

  testUnless(
    notRoot,
    "lets the user's group read root's configuration, and run what root can run",
    async () => {
      const directory = join(dir, "etc");
      mkdirSync(directory, { mode: 0o700 });
      writeFileSync(join(directory, "nsomem.toml"), "", { mode: 0o600 });
      writeFileSync(join(directory, "page"), "", { mode: 0o700 });
      symlinkSync("/etc/shadow", join(directory, "link"));
      const before = statSync("/etc/shadow");
      const configuration = { directory, user: "nobody", gid: 65_534 };
      await doFiles(installSteps({ ...options, user: "nobody" }, { dir, configuration }));
      const modeOf = (path: string) => [statSync(path).mode & 0o777, statSync(path).gid];
      expect(modeOf(directory)).toEqual([0o750, 65_534]);
      expect(modeOf(join(directory, "nsomem.toml"))).toEqual([0o640, 65_534]);
      expect(modeOf(join(directory, "page"))).toEqual([0o750, 65_534]);
      expect(statSync("/etc/shadow")).toMatchObject({ mode: before.mode, gid: before.gid });
    },
  );

  test("of a binary that another user could replace, or that will not stay, is refused", () => {
    expect(() => fitBinary(process.execPath)).not.toThrow(TypeError);
    const binary = join(dir, "nsomem");
    writeFileSync(binary, "");
    chmodSync(binary, 0o755);
    expect(() => fitBinary(binary)).toThrow("is no place for the binary of a service");
  });
});

describe("remove", () => {
  test("takes the unit and an empty directory of drop-ins, and stops it first", async () => {
    await doFiles(installSteps(options, { dir }));
    const asked = await doFiles(removeSteps(dir));
    expect(asked[0]).toBe("systemctl disable --now nsomem.service");
    expect(existsSync(unit) || existsSync(`${unit}.d`)).toBe(false);
  });

  test("keeps the operator's drop-ins", async () => {
    await doFiles(installSteps(options, { dir }));
    writeFileSync(`${unit}.d/own.conf`, "");
    await doFiles(removeSteps(dir));
    expect(existsSync(`${unit}.d/own.conf`)).toBe(true);
  });

  test("of what is not there, or not ours, is refused", () => {
    expect(() => removeSteps(dir)).toThrow("nothing to remove");
    mkdirSync(`${unit}.d`);
    writeFileSync(unit, "[Service]\n");
    expect(() => removeSteps(dir)).toThrow("was not written by nsomem");
  });
});
