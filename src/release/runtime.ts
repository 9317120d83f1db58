/** The runtimes that binaries are made of: Bun's own packages of the npm registry, pinned by package-lock.json. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";
import type { Target } from "./targets.ts";

const cacheDirectory = ".cache/runtime";

interface Lock {
  packages: Record<string, { version: string; integrity?: string } | undefined>;
}

/** The path of the target's runtime, fetched and checked once. */
export function runtimeOf({ runtimePackage }: Target): string {
  const { version, integrity } = pinned(runtimePackage);
  const directory = join(cacheDirectory, `${runtimePackage.replace("@oven/", "")}-${version}`);
  const executable = join(directory, "package/bin/bun");
  if (existsSync(executable)) return executable;
  mkdirSync(cacheDirectory, { recursive: true });
  const fetched = mkdtempSync(join(cacheDirectory, "partial-"));
  try {
    const packed = `${runtimePackage}@${version}`;
    run(["npm", "pack", "--silent", `--pack-destination=${fetched}`, packed]);
    const archive = join(fetched, `${runtimePackage.replace("@", "").replace("/", "-")}-${version}.tgz`);
    check(packed, archive, integrity);
    run(["tar", "-xzf", archive, "-C", fetched]);
    rmSync(archive);
    rmSync(directory, { recursive: true, force: true });
    renameSync(fetched, directory);
  } finally {
    rmSync(fetched, { recursive: true, force: true });
  }
  return executable;
}

function pinned(name: string): { version: string; integrity: string } {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
  const found = packages[`node_modules/${name}`];
  if (!found?.integrity) throw new Error(`package-lock.json has no ${name}: it comes with the package "bun"`);
  return { version: found.version, integrity: found.integrity };
}

function check(what: string, archive: string, integrity: string): void {
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== integrity) throw new Error(`${what} is ${found}, but package-lock.json has ${integrity}`);
}
