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

export interface PartOptions {
  /** Without the dumps: they hold configuration data of NSO. */
  redact: boolean;
  /** The directory that everything unpacks into. */
  root: string;
}

export const leftOut = "left out (--redact)";

export function joinParts(parts: readonly Part[]): Part {
  return { files: parts.flatMap(({ files }) => files), missing: parts.flatMap(({ missing }) => missing) };
}
