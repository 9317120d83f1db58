/** What an installed npm package says of itself. */

import { readFileSync } from "node:fs";

export interface NpmPackage {
  name: string;
  version: string;
  /** An SPDX expression. */
  license?: string;
  repository?: string | { url?: string };
}

export function npmPackage(name: string): NpmPackage {
  return JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")) as NpmPackage;
}
