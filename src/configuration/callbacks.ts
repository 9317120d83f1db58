/** The operator's callbacks file: found, inspected in a process of its own, and held against the rules. */

import { dirname, join } from "node:path";
import type { CallbackExport } from "../core/action-facts.ts";
import type { Config } from "../core/config.ts";
import type { ConfigIssue } from "../core/config-issue.ts";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { rulesOf } from "../core/rule.ts";
import { inheritedNames } from "../core/rule-name.ts";
import { inspectCallbacks } from "../rescue/own/callback-inspect.ts";
import { callbackHost } from "../rescue/own/callback-kind.ts";
import { isFile } from "./executables.ts";
import type { ReadConfig } from "./read.ts";
import { ruleLists } from "./rule-lists.ts";
import { refuseUntrusted } from "./trust.ts";

/** The file and the names of what it exports. */
export interface Callbacks {
  file: string;
  exports: string[];
}

/** The names beside the configuration, in this order, where `[callbacks] file` names none. */
const callbackFiles = ["callbacks.ts", "callbacks.js"];

/**
 * Finds and inspects the callbacks file; what it exports replaces the lists that the configuration leaves alone. Throws
 * NsomemError CALLBACKS or UNTRUSTED (exit 2). `path` is the configuration file's.
 */
export async function takeCallbacks(
  config: Config,
  { document }: ReadConfig,
  path: string,
): Promise<Callbacks | undefined> {
  const file =
    config.callbacks.file ?? callbackFiles.map((name) => join(dirname(path), name)).find((at) => isFile(at));
  if (file === undefined) return undefined;
  if (!isFile(file)) throw refused([`[callbacks] file = "${file}": there is no such file`]);
  refuseUntrusted(file);
  const found = await inspectCallbacks(callbackHost(), file);
  if ("complaint" in found) throw refused([found.complaint]);
  const complaints = exportComplaints(file, found.exports, config);
  if (complaints.length > 0) throw refused(complaints);
  const exports = found.exports.map(({ name }) => name);
  config.callbacks.file = file;
  const written = Object.keys((document.actions as object | undefined) ?? {});
  for (const name of inheritedNames)
    if (exports.includes(name) && !written.includes(name)) config.actions[name] = [{ kind: "callback" }];
  return { file, exports };
}

function refused(complaints: readonly string[]): NsomemError {
  return new NsomemError("CALLBACKS", complaints.join("\n"), exitCodes.usage);
}

/** What is exported that nobody would call, or could not be called with one context. */
function exportComplaints(file: string, exports: readonly CallbackExport[], config: Config): string[] {
  const known = rulesOf(config).map(({ name }) => name);
  return exports.flatMap(({ name, type, arity }) => {
    if (!known.includes(name)) {
      const guess = nearest(name, known);
      const wayOut = guess ? `did you mean "${guess}"?` : `known: ${known.join(", ")}`;
      return [`${file}: export "${name}" is no rule's name; ${wayOut}`];
    }
    if (type !== "function") return [`${file}: export "${name}" is a ${type}; it must be a function`];
    if (arity > 1)
      return [
        `${file}: ${name} takes ${arity} parameters; a callback gets one context: ${name}({ logger, ncssmp_pid, overcommit_mode })`,
      ];
    return [];
  });
}

/** Lists that name a callback which is not there, and callbacks which a written list leaves out. */
export function callbackIssues(config: Config, callbacks: Callbacks | undefined): ConfigIssue[] {
  const exports = callbacks?.exports ?? [];
  const file = callbacks?.file;
  return ruleLists(config).flatMap(({ name, actions, path }): ConfigIssue[] => {
    const wanted = actions.some(({ kind }) => kind === "callback");
    if (wanted === exports.includes(name)) return [];
    if (wanted) {
      const why = file ? `${file} does not export ${name}` : "there is no callbacks.ts beside this file";
      return [{ path, message: `${name} lists "callback", but ${why}` }];
    }
    const wayOut = `add "callback" to the list, or take the list or the export away`;
    return [{ path, message: `${file} exports ${name}, but this list would never call it; ${wayOut}` }];
  });
}
