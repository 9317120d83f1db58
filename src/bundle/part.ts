/** One part of a bundle: its files, and what should be among them and is not. */

import type { BundleFile } from "./archive.ts";

export interface Missing {
  what: string;
  why: string;
}

export interface Part {
  files: BundleFile[];
  missing: Missing[];
}

export function joinParts(parts: readonly Part[]): Part {
  return { files: parts.flatMap(({ files }) => files), missing: parts.flatMap(({ missing }) => missing) };
}
