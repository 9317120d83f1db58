/** A release: binaries for each target, packages, bills of materials, licences, and the sums of all of it. */

import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compile } from "./compile.ts";
import type { Origin } from "./origin.ts";
import { type Texts, textsOf } from "./package-tree.ts";
import { makePackages } from "./packages.ts";
import { run } from "./run.ts";
import { runtimeOf } from "./runtime.ts";
import { billOfMaterials } from "./sbom.ts";
import { sha256Of } from "./sum.ts";
import { type Target, targets } from "./targets.ts";

export interface ReleaseFile {
  path: string;
  bytes: number;
  sha256: string;
}

export interface ReleaseOptions {
  origin: Origin;
  /** Emptied first. */
  directory: string;
  /** A binary of the same sources that runs on this host: it says what is in all packages. */
  nsomem: string;
}

/** All files of the release, in the order of SHA256SUMS, which lists them. */
export async function makeRelease({ origin, directory, nsomem }: ReleaseOptions): Promise<ReleaseFile[]> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const texts = textsOf(nsomem);
  const made: string[] = [];
  for (const target of targets) made.push(...(await makeTarget(origin, directory, target, texts)));
  const licences = join(directory, "LICENSES.txt");
  writeFileSync(licences, texts.licences);
  const files = [...made, licences].map(fileOf);
  writeFileSync(
    join(directory, "SHA256SUMS"),
    files.map(({ path, sha256 }) => `${sha256}  ${basename(path)}\n`).join(""),
  );
  return files;
}

async function makeTarget(
  origin: Origin,
  directory: string,
  target: Target,
  texts: Texts,
): Promise<string[]> {
  const { version, commit } = origin;
  const binary = join(directory, `nsomem-${version}-${target.name}`);
  const runtime = runtimeOf(target);
  const compiled = await compile({
    version,
    commit,
    outfile: binary,
    target: { bunTarget: target.bunTarget, runtime },
  });
  const bill = billOfMaterials({ origin, target, sha256: sha256Of(binary), packages: compiled.packages });
  const billFile = `${binary}.cdx.json`;
  writeFileSync(billFile, bill);
  run(["zstd", "-q", "-f", "-9", "-T2", binary, "-o", `${binary}.zst`]);
  const { architecture } = target;
  const packages = architecture ? makePackages({ origin, directory, architecture, texts, binary, bill }) : [];
  return [binary, `${binary}.zst`, billFile, ...packages];
}

function fileOf(path: string): ReleaseFile {
  return { path, bytes: statSync(path).size, sha256: sha256Of(path) };
}
