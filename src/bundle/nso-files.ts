/** What NSO itself has to say: its version, ncs.conf, environment, packages and logs. */

import { join } from "node:path";
import type { Config } from "../core/config.ts";
import { isPlainValue, masked } from "../core/secret-text.ts";
import { shown } from "../core/shown.ts";
import { readCoreUser } from "../linux/core-user.ts";
import type { TimeWindow } from "../linux/log-range.ts";
import { findNcs } from "../linux/ncs-command.ts";
import { askNcsVersion } from "../linux/ncs-version.ts";
import { readOwned } from "../linux/owned-file.ts";
import { kernelRoots } from "../linux/roots.ts";
import { answerOf } from "./answer.ts";
import { nsoConf } from "./nso-conf.ts";
import { nsoLogs } from "./nso-logs.ts";
import { nsoPackages } from "./nso-packages.ts";
import { type NsoView, type ViewRequest, viewNso } from "./nso-view.ts";
import { joinParts, type Part, type PartOptions } from "./part.ts";

export interface NsoPart extends Part {
  /** For the summary; "not known: …" where it is not. */
  version: string;
}

export async function nsoFiles(request: ViewRequest & PartOptions, window: TimeWindow): Promise<NsoPart> {
  const view = await viewNso(request);
  const found = await versionOf(view, request.config);
  const version = request.redact && !plainVersion.test(found) ? masked : found;
  const conf = await nsoConf(view, request);
  const { places } = conf;
  const parts = joinParts([
    { files: [{ name: "nso/version.txt", text: `${version}\n` }], missing: [] },
    conf.part,
    environment(view, request),
    await nsoPackages(view, places),
    await nsoLogs({ view, places, window, redact: request.redact, root: request.root }),
  ]);
  return { ...parts, version };
}

/** "6.4.1", "NSO 6.4.1 (build 2)": no more than that. */
const plainVersion = /^(?:(?:NSO|NCS)\s)?\d[\w.()-]{0,30}$|^not known: it lay in a container that has ended$/;

const versionBytesMax = 4096;

/** Of the VERSION file of the installation; else in the words of its `ncs`, where one runs now. */
async function versionOf(view: NsoView, config: Config): Promise<string> {
  if (view.gone !== undefined) return `not known: ${view.gone}`;
  for (const dir of view.installDirs) {
    const text = await answerOf(readOwned(join(dir, "VERSION"), view.territory, versionBytesMax));
    const line = "why" in text ? "" : shown(text.value.trim().split("\n")[0] ?? "");
    if (line !== "") return line;
  }
  const { procDir } = kernelRoots();
  const core = view.core && readCoreUser(procDir, view.core);
  // An incident's record is no reason to run a command that it names.
  const found = findNcs({ configured: config.nso.command, core });
  if ("complaint" in found)
    return `not known: no VERSION file in ${view.installDirs.join(", ")}; ${found.complaint}`;
  const answer = await askNcsVersion(found.ncs);
  return "version" in answer ? answer.version : `not known: ${answer.failure}`;
}

/** The NCS_* variables alone: what else is there is nobody's business. */
function environment(view: NsoView, { redact }: PartOptions): Part {
  const name = "nso/environment.txt";
  if (!view.variables) {
    const why = "NSO has ended, and its environment was not recorded";
    return { files: [], missing: [{ what: name, why }] };
  }
  const lines = Object.entries(view.variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${shown(key)}=${shown(redact && !isPlainValue(value) ? masked : value, 4096)}`);
  const text = [`# NCS_* variables ${view.source}`, ...lines, ""].join("\n");
  return { files: [{ name, text }], missing: [] };
}
