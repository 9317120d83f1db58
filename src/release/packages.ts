/** The packages of one binary, for dpkg and for rpm. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debChangelog, releases, rpmChangelog } from "./changes.ts";
import { maintainer, makeDeb } from "./deb.ts";
import type { Origin } from "./origin.ts";
import { compressed, layOut, type Texts } from "./package-tree.ts";
import { makeRpm } from "./rpm.ts";
import type { Target } from "./targets.ts";

export interface PackageOptions {
  origin: Origin;
  /** Where the packages go. */
  directory: string;
  architecture: NonNullable<Target["architecture"]>;
  texts: Texts;
  binary: string;
  /** The binary's bill of materials. */
  bill: string;
}

/** Their paths. */
export function makePackages(options: PackageOptions): string[] {
  const staging = mkdtempSync(join(tmpdir(), "nsomem-package-"));
  try {
    return [deb(options, join(staging, "deb")), rpm(options, join(staging, "rpm"))];
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function deb({ origin, directory, architecture, texts, binary, bill }: PackageOptions, root: string): string {
  const { version, epochSeconds } = origin;
  const outfile = join(directory, `nsomem_${version}_${architecture.deb}.deb`);
  layOut({
    ...{ root, binary, texts, bill, zshDirectory: "/usr/share/zsh/vendor-completions" },
    extra: {
      "/usr/share/doc/nsomem/copyright": texts.licences,
      "/usr/share/doc/nsomem/changelog.gz": compressed(debChangelog(releases(), maintainer)),
    },
  });
  makeDeb({ root, outfile, version, architecture: architecture.deb, epochSeconds });
  return outfile;
}

function rpm({ origin, directory, architecture, texts, binary, bill }: PackageOptions, root: string): string {
  const { version, epochSeconds } = origin;
  const outfile = join(directory, `nsomem-${version}-1.${architecture.rpm}.rpm`);
  layOut({
    ...{ root, binary, texts, bill, zshDirectory: "/usr/share/zsh/site-functions" },
    extra: { "/usr/share/doc/nsomem/copyright": texts.licences },
  });
  const changelog = rpmChangelog(releases(), maintainer);
  makeRpm({ root, outfile, version, architecture: architecture.rpm, epochSeconds, changelog });
  return outfile;
}
