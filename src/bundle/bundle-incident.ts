/** Writes the bundle of an incident. */

import { statSync } from "node:fs";
import { shown } from "../core/shown.ts";
import { formatKib } from "../core/units.ts";
import { wallMs } from "../linux/host-clock.ts";
import { type BundledFile, writeBundle } from "./archive.ts";
import { type BundleRequest, bundleFiles } from "./contents.ts";

export interface BundleFileOptions {
  out: string;
  /** Writes `pack`, which says how many bytes it has read, of about `bytes`. */
  around: (bytes: number, pack: Pack) => Promise<BundledFile[]>;
}

type Pack = (onRead: (bytes: number) => Promise<void>) => Promise<BundledFile[]>;

/** Returns what the operator is shown. Throws NsomemError BUNDLE. */
export async function bundleIncident(
  request: BundleRequest,
  { out, around }: BundleFileOptions,
): Promise<string> {
  const nowMs = wallMs();
  const files = await bundleFiles(request, nowMs);
  const bytes = files.reduce((sum, file) => sum + ("open" in file ? (file.expectedBytes ?? 0) : 0), 0);
  const bundled = await around(bytes, (onRead) =>
    writeBundle({ out, root: request.root, files, nowMs, onRead }),
  );
  const warnings = bundled.flatMap(({ name, shrunk, unread }) => [
    ...(shrunk ? [`warning: ${shown(name)} became shorter while it was read`] : []),
    ...(unread === undefined ? [] : [`warning: ${shown(name)} is empty: ${unread}`]),
  ]);
  const secret = request.redact
    ? "Dumps, logs of NSO, output of commands and the host's name were left out."
    : "Keep it confidential: dumps hold configuration data of NSO, passwords and keys among it (--redact leaves them out).";
  return [
    ...warnings,
    `${out} (${formatKib(statSync(out).size / 1024)}, ${bundled.length + 1} files)`,
    secret,
  ].join("\n");
}
