/** NSO's packages with their versions, by their package-meta-data.xml: no command is run for them. */

import { join } from "node:path";
import { parsePackageMetaData } from "../core/package-meta-data.ts";
import { shown } from "../core/shown.ts";
import { listOwned, readOwned } from "../linux/owned-file.ts";
import { answerOf } from "./answer.ts";
import type { NsoConf } from "./nso-conf.ts";
import { absolutePath, type NsoView, runDirsOf } from "./nso-view.ts";
import type { Part } from "./part.ts";

const bytesMax = 256 * 1024;
const packagesMax = 2000;
const what = "nso/packages.tsv";

export async function nsoPackages(view: NsoView, places: NsoConf["places"]): Promise<Part> {
  const looked: string[] = [];
  const rows: string[] = [];
  for (const directory of await packageDirs(view, places)) {
    const names = await answerOf(listOwned(directory, view.territory));
    looked.push("why" in names ? `${directory}: ${names.why}` : directory);
    for (const name of "why" in names ? [] : names.value) {
      if (rows.length >= packagesMax) break;
      rows.push(...(await rowOf(join(directory, name), view)));
    }
    // The copies in use; what lies in the load path may be newer and not loaded.
    if (rows.length > 0 && directory.includes("packages-in-use")) break;
  }
  if (rows.length === 0)
    return { files: [], missing: [{ what, why: view.gone ?? `no package in ${looked.join("; ")}` }] };
  const full = rows.length >= packagesMax ? [`only the first ${packagesMax} are here`] : [];
  const text = [["package", "version", "ncs_min_version", "directory"].join("\t"), ...rows, ...full, ""];
  return { files: [{ name: what, text: text.join("\n") }], missing: [] };
}

/** The copies that NSO has loaded, one directory for each of the load path; then the load path and the usual place. */
async function packageDirs(view: NsoView, places: NsoConf["places"]): Promise<string[]> {
  const runDirs = runDirsOf(view);
  const state = absolutePath(places?.stateDir ?? "state", view);
  const states = state === undefined ? runDirs.map((dir) => join(dir, "state")) : [state];
  const copies: string[] = [];
  for (const directory of states.flatMap((dir) => [`${dir}/packages-in-use`, `${dir}/packages-in-use.cur`])) {
    const numbers = await answerOf(listOwned(directory, view.territory));
    if ("why" in numbers) continue;
    copies.push(
      ...numbers.value.filter((name) => /^\d{1,4}$/.test(name)).map((name) => join(directory, name)),
    );
    if (copies.length > 0) break;
  }
  const loaded = (places?.loadPath ?? []).flatMap((path) => absolutePath(path, view) ?? []);
  return [...new Set([...copies, ...loaded, ...runDirs.map((dir) => join(dir, "packages"))])];
}

async function rowOf(directory: string, view: NsoView): Promise<string[]> {
  const text = await answerOf(readOwned(join(directory, "package-meta-data.xml"), view.territory, bytesMax));
  if (directory.endsWith(".tar.gz") && "why" in text)
    return [
      [shown(directory.slice(directory.lastIndexOf("/") + 1, -7)), "?", "?", shown(directory)].join("\t"),
    ];
  if ("why" in text) return [];
  const found = parsePackageMetaData(text.value);
  return found ? [[found.name, found.version, found.ncsMinVersion, shown(directory)].join("\t")] : [];
}
