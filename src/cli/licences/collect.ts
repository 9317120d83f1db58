/** The licence texts of the packages that the binary carries, read while it is bundled: a macro, see licences.ts. */

import { existsSync, readFileSync } from "node:fs";

interface PackageFile {
  version?: string;
  license?: string;
  repository?: string | { url?: string };
  dependencies?: Record<string, string>;
}

/** All dependencies of package.json with theirs, each under its name, licence and source. */
export function collectLicences(): string {
  const root = `${import.meta.dir}/../../..`;
  const names = new Set<string>();
  const visit = (path: string) => {
    for (const name of Object.keys(readPackage(path).dependencies ?? {})) {
      if (names.has(name)) continue;
      names.add(name);
      visit(`${root}/node_modules/${name}`);
    }
  };
  visit(root);
  const own = `nsomem\n\n${readFileSync(`${root}/LICENSE`, "utf8").trim()}`;
  return [own, bunNotice(root), ...[...names].sort().map((name) => notice(root, name))].join(
    `\n\n${"-".repeat(72)}\n\n`,
  );
}

function notice(root: string, name: string): string {
  const directory = `${root}/node_modules/${name}`;
  const { version, license, repository } = readPackage(directory);
  const heading = `${name} ${version} (${license}), source: ${sourceOf(repository) ?? "its package"}`;
  const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"].find((one) =>
    existsSync(`${directory}/${one}`),
  );
  if (file) return `${heading}\n\n${readFileSync(`${directory}/${file}`, "utf8").trim()}`;
  if (license !== "MPL-2.0") throw new Error(`${name} ${version} (${license}) ships no licence text`);
  return `${heading}\n\n${readFileSync(`${import.meta.dir}/MPL-2.0.txt`, "utf8").trim()}`;
}

/** A link that a reader can open: MPL-2.0 asks to say where the source is. */
function sourceOf(repository: PackageFile["repository"]): string | undefined {
  const text = typeof repository === "string" ? repository : repository?.url;
  const path = text && /(?:^|github\.com[/:]|github:)([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(text)?.[1];
  return path ? `https://github.com/${path}` : text;
}

/** Bun's package has no licence file; its documentation has the page. */
function bunNotice(root: string): string {
  const { version } = readPackage(`${root}/node_modules/bun`);
  const page = `${root}/node_modules/bun-types/docs/project/license.mdx`;
  const text = existsSync(page)
    ? readFileSync(page, "utf8").trim()
    : "MIT; see https://bun.com/docs/project/license";
  return `bun ${version} (MIT), source: https://github.com/oven-sh/bun\n\n${text}`;
}

function readPackage(directory: string): PackageFile {
  return JSON.parse(readFileSync(`${directory}/package.json`, "utf8")) as PackageFile;
}
