/** What dpkg and rpm do with the packages, in a small Debian of their own. The binary in them is a one-line script. */

import { afterAll, beforeAll, describe, expect } from "bun:test";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makePackages } from "../../src/release/packages.ts";
import { testUnless } from "../lab/missing.ts";
import { type PackageRoot, packageRoot, packageRootMissing } from "../lab/package-root.ts";

const texts = {
  ...{ man: ".TH NSOMEM 1\n", bash: "# bash\n", zsh: "#compdef nsomem\n", fish: "# fish\n" },
  ...{ configuration: "# nothing set\n", licences: "MIT\n" },
};
const configuration = "etc/nsomem/nsomem.toml";
const evidence = ["var/lib/nsomem/incidents/one/incident.jsonl", "var/log/nsomem/action.log"];

const work = mkdtempSync(join(tmpdir(), "nsomem-packages-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The packages of a version; what it prints is that version. */
function packagesOf(version: string): { deb: string; rpm: string } {
  const binary = join(work, `nsomem-${version}`);
  writeFileSync(binary, `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
  const [deb, rpm] = makePackages({
    origin: { version, commit: "abc1234", epochSeconds: 1_795_906_800 },
    ...{ directory: work, architecture: { deb: "amd64", rpm: "x86_64" }, texts, binary, bill: "{}\n" },
  });
  if (!deb || !rpm) throw new Error("a package was not made");
  return { deb, rpm };
}

describe.each([
  {
    manager: "dpkg",
    kind: "deb" as const,
    install: (root: PackageRoot, path: string) => root.run("dpkg", "-i", path),
    remove: (root: PackageRoot) => root.run("dpkg", "--purge", "nsomem"),
    // Debian's way: what is installed runs.
    afterInstall: ["daemon-reload", "enable --now nsomem.service"],
  },
  {
    manager: "rpm",
    kind: "rpm" as const,
    install: (root: PackageRoot, path: string) => rpm(root, "-U", "--nodeps", join(root.path, path)),
    remove: (root: PackageRoot) => rpm(root, "-e", "nsomem"),
    // Red Hat's way: the administrator's presets say.
    afterInstall: ["daemon-reload", "preset nsomem.service"],
  },
])("$manager", ({ kind, install, remove, afterInstall }) => {
  const versions = { old: "", new: "" };
  let root: PackageRoot;
  beforeAll(() => {
    if (packageRootMissing) return;
    root = packageRoot();
    for (const [which, version] of [
      ["old", "0.2.0"],
      ["new", "0.2.1"],
    ] as const) {
      const path = packagesOf(version)[kind];
      versions[which] = `/${basename(path)}`;
      writeFileSync(join(root.path, basename(path)), readFileSync(path));
    }
  }, 60_000);
  afterAll(() => root?.[Symbol.dispose]());
  const inRoot = (path: string) => join(root.path, path);

  testUnless(
    packageRootMissing,
    "installs the binary, the unit, the page, completions and a private configuration",
    () => {
      expect(install(root, versions.old)).toMatchObject({ exitCode: 0 });
      expect(root.run("/usr/bin/nsomem").output).toBe("0.2.0\n");
      expect(readFileSync(inRoot("usr/lib/systemd/system/nsomem.service"), "utf8")).toContain(
        "ExecStart=/usr/bin/nsomem start --wait",
      );
      for (const path of ["usr/share/man/man1/nsomem.1.gz", "usr/share/bash-completion/completions/nsomem"])
        expect(existsSync(inRoot(path))).toBe(true);
      expect(statSync(inRoot(configuration)).mode & 0o777).toBe(0o600);
      expect(statSync(inRoot("etc/nsomem")).mode & 0o777).toBe(0o700);
      expect(root.systemctlCalls()).toEqual([...afterInstall]);
    },
  );

  testUnless(
    packageRootMissing,
    "an upgrade keeps the operator's configuration and restarts the service if it runs",
    () => {
      appendFileSync(inRoot(configuration), "[log]\n");
      for (const path of evidence) {
        mkdirSync(join(inRoot(path), ".."), { recursive: true });
        writeFileSync(inRoot(path), "evidence\n");
      }
      expect(install(root, versions.new)).toMatchObject({ exitCode: 0 });
      expect(root.run("/usr/bin/nsomem").output).toBe("0.2.1\n");
      expect(readFileSync(inRoot(configuration), "utf8")).toBe("# nothing set\n[log]\n");
      const calls = root.systemctlCalls();
      expect(calls).toContain("try-restart nsomem.service");
      expect(calls.filter((call) => /stop|disable|enable|preset/.test(call))).toEqual([]);
    },
  );

  testUnless(packageRootMissing, "removal stops the service, and leaves the evidence and says where", () => {
    const { exitCode, output } = remove(root);
    expect(exitCode).toBe(0);
    expect(output).toContain("what it recorded stays: /var/lib/nsomem");
    expect(existsSync(inRoot("usr/bin/nsomem"))).toBe(false);
    for (const path of evidence) expect(readFileSync(inRoot(path), "utf8")).toBe("evidence\n");
    expect(root.systemctlCalls()).toContain("disable --now nsomem.service");
  });
});

/** rpm of this host, at work in that root. */
function rpm(root: PackageRoot, ...words: string[]): { exitCode: number; output: string } {
  const result = Bun.spawnSync(["rpm", "--root", root.path, ...words], { stderr: "pipe", stdin: "ignore" });
  return { exitCode: result.exitCode, output: `${result.stdout}${result.stderr}` };
}

testUnless(packageRootMissing, "the same input gives the same packages, whenever they are made", () => {
  const first = packagesOf("0.3.0");
  const before = [first.deb, first.rpm].map((path) => readFileSync(path).toString("base64"));
  Bun.sleepSync(1100);
  const again = packagesOf("0.3.0");
  expect([again.deb, again.rpm].map((path) => readFileSync(path).toString("base64"))).toEqual(before);
});
