/** Writes the bundle of an incident. */

import { statSync } from "node:fs";
import { shown } from "../core/shown.ts";
import { formatKib } from "../core/units.ts";
import { wallMs } from "../linux/host-clock.ts";
import { writeBundle } from "./archive.ts";
import { type BundleRequest, bundleFiles } from "./contents.ts";

/** Returns what the operator is shown. Throws NsomemError BUNDLE. */
export async function bundleIncident(request: BundleRequest, out: string): Promise<string> {
  const nowMs = wallMs();
  const files = await bundleFiles(request, nowMs);
  const bundled = await writeBundle({ out, root: request.root, files, nowMs });
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
