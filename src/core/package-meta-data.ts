/** One NSO package, by its package-meta-data.xml. Text in, value out. */

import { shown } from "./shown.ts";
import { elements } from "./xml-elements.ts";

export interface NsoPackage {
  name: string;
  version: string;
  /** The oldest NSO that it is for, where it says so. */
  ncsMinVersion: string;
}

/** Undefined where it is none; the first of each element counts. */
export function parsePackageMetaData(text: string): NsoPackage | undefined {
  const found: Record<string, string> = {};
  for (const { path, closes, leaf } of elements(text))
    if (closes && leaf !== undefined) found[path] ??= shown(leaf);
  const name = found["/ncs-package/name"];
  if (name === undefined) return undefined;
  return {
    name,
    version: found["/ncs-package/package-version"] ?? "?",
    ncsMinVersion: found["/ncs-package/ncs-min-version"] ?? "?",
  };
}
