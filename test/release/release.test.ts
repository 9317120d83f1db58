/** `make release`, and each binary of it under an emulator, as far as one process goes. */

import { afterAll, beforeAll, describe, expect } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { clampedEnv } from "../../src/linux/self.ts";
import { originOf } from "../../src/release/origin.ts";
import { runtimeOf } from "../../src/release/runtime.ts";
import { targets } from "../../src/release/targets.ts";
import { cached, compile, labFile } from "../lab/cache.ts";
import { missingCommand, testUnless } from "../lab/missing.ts";
import { writeSampleHistory } from "../report/sample-history.ts";

const source = resolve(import.meta.dir, "../..");
const directory = join(source, "dist/release");
const missing = missingCommand(
  "npm",
  "zstd",
  "dpkg-deb",
  "rpmbuild",
  "qemu-aarch64",
  "aarch64-linux-gnu-gcc-12",
);
const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { version: string };
/** Of 0.1.0, with the same runtime: what came since may add 2 MB. */
const bytesOf010 = 118_766_592;

const work = mkdtempSync(join(tmpdir(), "nsomem-release-test-"));
const home = join(work, "home");
afterAll(() => rmSync(work, { recursive: true, force: true }));

beforeAll(() => {
  if (missing) return;
  compile([process.execPath, "build.ts", "--release"], source);
  compile(["mkdir", home]);
  writeSampleHistory(join(home, "history.db"), { startMs: Date.UTC(2026, 10, 23), ticks: 120, vms: 1 });
}, 600_000);

const fileOf = (name: string) => join(directory, `nsomem-${version}-${name}`);

describe("make release", () => {
  testUnless(
    missing,
    "makes a binary, its download, its bill of materials for each target, packages, licences",
    () => {
      const names = targets.map(({ name }) => `nsomem-${version}-${name}`);
      expect(readdirSync(directory).sort()).toEqual(
        [
          ...names.flatMap((name) => [name, `${name}.zst`, `${name}.cdx.json`]),
          ...["amd64", "arm64"].map((architecture) => `nsomem_${version}_${architecture}.deb`),
          ...["x86_64", "aarch64"].map((architecture) => `nsomem-${version}-1.${architecture}.rpm`),
          ...["LICENSES.txt", "SHA256SUMS"],
        ].sort(),
      );
    },
  );

  testUnless(missing, "sums that sha256sum checks", () => {
    const result = Bun.spawnSync(["sha256sum", "--strict", "--check", "SHA256SUMS"], { cwd: directory });
    expect(result.stdout.toString().trim().split("\n")).toHaveLength(readdirSync(directory).length - 1);
    expect(result.exitCode).toBe(0);
  });

  testUnless(missing, "licences of all that the bills of materials name", () => {
    const licences = readFileSync(join(directory, "LICENSES.txt"), "utf8");
    for (const { name } of targets) {
      const { components } = JSON.parse(readFileSync(`${fileOf(name)}.cdx.json`, "utf8"));
      const parts = components.map(
        ({ group, name, version }: { group?: string; name: string; version: string }) =>
          group === "@oven" ? `bun ${version} (` : `${group ? `${group}/` : ""}${name} ${version} (`,
      );
      expect(parts.length).toBeGreaterThan(10);
      expect(parts.filter((part: string) => !licences.includes(part))).toEqual([]);
    }
  });

  testUnless(missing, "a binary that is no more than 2 MB larger than 0.1.0's", () => {
    expect(statSync(fileOf("linux-x64")).size).toBeLessThan(bytesOf010 + 2_000_000);
  });

  testUnless(
    missing,
    "the same bytes from the same sources at another path",
    () => {
      const copy = join(work, "copy");
      compile(["mkdir", copy]);
      for (const name of ["src", "build.ts", "package.json", "package-lock.json", "tsconfig.json", "LICENSE"])
        cpSync(join(source, name), join(copy, name), { recursive: true });
      compile(["cp", "-aL", join(source, "node_modules"), join(copy, "node_modules")]);
      compile(["ln", "-s", join(source, ".cache"), join(copy, ".cache")]);
      const { commit, epochSeconds } = originOf();
      compile(
        [
          "env",
          `SOURCE_COMMIT=${commit}`,
          `SOURCE_DATE_EPOCH=${epochSeconds}`,
          process.execPath,
          "build.ts",
          "--release",
        ],
        copy,
      );
      expect(readFileSync(join(copy, "dist/release/SHA256SUMS"), "utf8")).toBe(
        readFileSync(join(directory, "SHA256SUMS"), "utf8"),
      );
    },
    600_000,
  );
});

/** What stands before a binary that this host cannot run itself, or must not run with all that its processor has. */
function emulator(name: string): string[] {
  if (name === "linux-x64") return ["qemu-x86_64", "-cpu", "Nehalem"];
  if (name === "linux-arm64") return ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"];
  const architecture = name.includes("arm64") ? "arm64" : "x64";
  const root = cached(`musl-${architecture}`, [labFile("musl.sh")], (partial) =>
    compile(["bash", labFile("musl.sh"), architecture, fileOf(name), partial]),
  );
  if (architecture === "arm64") return ["qemu-aarch64", "-L", root];
  const path = join(work, "ld-musl.path");
  writeFileSync(path, `${join(root, "usr/lib/x86_64-linux-musl")}\n`);
  const bind = `mount --bind ${path} /etc/ld-musl-x86_64.path && exec "$0" "$@"`;
  return ["unshare", "--mount", "sh", "-c", bind];
}

describe.each(targets)("$name", ({ name }) => {
  /** With the environment that a drawing gives itself: it would leave the emulator to take it on. */
  const run = (...words: string[]) => {
    const result = Bun.spawnSync([...emulator(name), fileOf(name), ...words], {
      env: clampedEnv({ PATH: process.env.PATH, TZ: "UTC" }, "at work"),
      stdin: "ignore",
      stderr: "pipe",
    });
    return { exitCode: result.exitCode, stdout: result.stdout.toString(), stderr: result.stderr.toString() };
  };

  testUnless(missing, "says its version", () => {
    expect(run("--version")).toEqual({
      ...{ exitCode: 0, stdout: `nsomem ${version} (${originOf().commit})\n`, stderr: "" },
    });
  });

  testUnless(missing, "looks at the host", () => {
    const { exitCode, stdout, stderr } = run("doctor", "--all");
    expect([0, 1]).toContain(exitCode ?? -1);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/memory ceiling +the host, [\d.]+ GiB/);
  });

  testUnless(
    missing,
    "draws a history",
    () => {
      const out = join(work, `graphs-${name}`);
      const { exitCode, stderr } = run("graph", "--home", home, "--out", out);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(statSync(join(out, "report.html")).size).toBeGreaterThan(50_000);
      expect(statSync(join(out, "ncs.smp/mem_ncs.smp.png")).size).toBeGreaterThan(10_000);
    },
    // 17 s of processor time where it is emulated.
    240_000,
  );

  testUnless(missing, "brings the tool, which measures", () => {
    const out = join(work, `tool-${name}`);
    expect(run("extract", out).exitCode).toBe(0);
    const tool = Bun.spawnSync(["bash", "plot.sh", "--verbose", "2"], {
      ...{ cwd: out, stdin: "ignore" },
      // There need be no NSO on this host: the host's memory is measured all the same.
      env: { ...process.env, NSOMEM_WITHOUT_CORE: "stay" },
    });
    expect(tool.exitCode).toBe(0);
    expect(existsSync(join(out, "data"))).toBe(true);
  });
});

describe("a runtime", () => {
  testUnless(missing, "that is not what package-lock.json says is refused", () => {
    const place = join(work, "other-lock");
    compile(["mkdir", place]);
    const lock = JSON.parse(readFileSync(join(source, "package-lock.json"), "utf8"));
    lock.packages["node_modules/@oven/bun-linux-x64-musl"].integrity = "sha512-other";
    writeFileSync(join(place, "package-lock.json"), JSON.stringify(lock));
    const back = process.cwd();
    process.chdir(place);
    try {
      const [, , musl] = targets;
      expect(() => musl && runtimeOf(musl)).toThrow("but package-lock.json has sha512-other");
      expect(readdirSync(join(place, ".cache/runtime"))).toEqual([]);
    } finally {
      process.chdir(back);
    }
  });
});
