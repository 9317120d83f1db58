/** The configuration made ready to act on: whose files they are, what the callbacks export, which executables exist. */

import { accessSync, constants, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { runPath } from "../core/action.ts";
import type { CallbackExport } from "../core/action-facts.ts";
import type { Config, ConfigIssue } from "../core/config.ts";
import { NsomemError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { rulesOf } from "../core/rule.ts";
import { type InheritedName, inheritedNames } from "../core/rule-name.ts";
import { ownershipComplaints } from "../linux/ownership.ts";
import { callbackHost } from "../rescue/own/callback.ts";
import { inspectCallbacks } from "../rescue/own/callback-call.ts";
import { configError, type ReadConfig, readConfig } from "./read.ts";

export interface PreparedConfig {
  /** With `callbacks.file` resolved and the lists that exported callbacks take over. */
  config: Config;
  /** Absent when there is none and the defaults are in force. */
  file: string | undefined;
  callbacks: { file: string; exports: string[] } | undefined;
  /** What works and is still worth a word. */
  warnings: string[];
}

/**
 * Reads, validates and checks everything that the configuration names. Throws NsomemError CONFIG, CALLBACKS or
 * UNTRUSTED (all exit 2) with every complaint. The callbacks file is loaded in a process of its own, never here.
 */
export async function prepareConfig(path: string, options: { required: boolean }): Promise<PreparedConfig> {
  const absolute = resolve(path);
  const read = readConfig(absolute, options);
  if (read.file !== undefined) refuseUntrusted(read.file);
  const config = structuredClone(read.config);
  const callbacks = await takeCallbacks(config, read, absolute);
  const issues = [...callbackIssues(config, callbacks?.exports ?? [], callbacks?.file), ...runIssues(config)];
  if (issues.length > 0) throw configError(absolute, read.text, issues);
  for (const executable of executablesOf(config)) refuseUntrusted(executable);
  return { config, file: read.file, callbacks, warnings: warningsOf(config) };
}

/** As `prepareConfig`, where nothing will be acted on: executables need not exist. The callbacks are loaded all the same. */
export async function inspectConfig(path: string, options: { required: boolean }): Promise<PreparedConfig> {
  const absolute = resolve(path);
  const read = readConfig(absolute, options);
  const config = structuredClone(read.config);
  const callbacks = await takeCallbacks(config, read, absolute);
  return { config, file: read.file, callbacks, warnings: [] };
}

/** The names beside the configuration, in this order, where `[callbacks] file` names none. */
const callbackFiles = ["callbacks.ts", "callbacks.js"];

/** Finds and inspects the callbacks file; what it exports replaces the lists that the configuration leaves alone. */
async function takeCallbacks(
  config: Config,
  { document }: ReadConfig,
  path: string,
): Promise<PreparedConfig["callbacks"]> {
  const file =
    config.callbacks.file ?? callbackFiles.map((name) => join(dirname(path), name)).find((at) => isFile(at));
  if (file === undefined) return undefined;
  if (!isFile(file))
    throw new NsomemError("CALLBACKS", `[callbacks] file = "${file}": there is no such file`, 2);
  refuseUntrusted(file);
  const found = await inspectCallbacks(callbackHost(), file);
  if ("complaint" in found) throw new NsomemError("CALLBACKS", found.complaint, 2);
  const complaints = exportComplaints(file, found.exports, config);
  if (complaints.length > 0) throw new NsomemError("CALLBACKS", complaints.join("\n"), 2);
  const exports = found.exports.map(({ name }) => name);
  config.callbacks.file = file;
  const written = Object.keys((document.actions as object | undefined) ?? {});
  for (const name of inheritedNames)
    if (exports.includes(name) && !written.includes(name)) config.actions[name] = ["callback"];
  return { file, exports };
}

/** What is exported that nobody would call, or could not be called with one context. */
function exportComplaints(file: string, exports: readonly CallbackExport[], config: Config): string[] {
  const known = rulesOf(config).map(({ name }) => name);
  return exports.flatMap(({ name, type, arity }) => {
    if (!known.includes(name)) {
      const guess = nearest(name, known);
      return [
        `${file}: export "${name}" is no rule's name; ${guess ? `did you mean "${guess}"?` : `known: ${known.join(", ")}`}`,
      ];
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
function callbackIssues(config: Config, exports: readonly string[], file: string | undefined): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const lists = rulesOf(config).map(({ name, actions }, index) => {
    const isOwn = index >= inheritedNames.length;
    const path = isOwn ? ["rule", index - inheritedNames.length, "actions"] : ["actions", name];
    return { name, actions, path, isOwn };
  });
  for (const { name, actions, path } of lists) {
    const wanted = actions.includes("callback");
    if (wanted && !exports.includes(name)) {
      const why = file ? `${file} does not export ${name}` : "there is no callbacks.ts beside this file";
      issues.push({ path, message: `${name} lists "callback", but ${why}` });
    }
    if (!wanted && exports.includes(name))
      issues.push({
        path,
        message: `${file} exports ${name}, but this list would never call it; add "callback" to the list, or take the list or the export away`,
      });
  }
  return issues;
}

function runIssues(config: Config): ConfigIssue[] {
  const inherited = inheritedNames.map((name: InheritedName) => ({
    path: ["actions", name],
    list: config.actions[name],
  }));
  const own = config.rule.map(({ actions }, index) => ({ path: ["rule", index, "actions"], list: actions }));
  return [...inherited, ...own].flatMap(({ path, list }) =>
    list.flatMap((word, index): ConfigIssue[] => {
      const executable = runPath(word);
      const complaint = executable === undefined ? undefined : executableComplaint(executable);
      return complaint ? [{ path: [...path, index], message: complaint, given: word }] : [];
    }),
  );
}

function executableComplaint(path: string): string | undefined {
  if (!isFile(path)) return `${path} is not there, or not a file`;
  try {
    accessSync(path, constants.X_OK);
    return undefined;
  } catch {
    return `${path} may not be executed; mend it with: chmod u+x ${path}`;
  }
}

function executablesOf(config: Config): string[] {
  const words = rulesOf(config).flatMap(({ actions }) => actions);
  return [...new Set(words.flatMap((word) => runPath(word) ?? []))];
}

function warningsOf(config: Config): string[] {
  return rulesOf(config).flatMap(({ name, actions }) => {
    const at = actions.indexOf("crash-dump");
    return at > 0
      ? [`${name}: the crash dump waits for ${actions.slice(0, at).join(", ")}, as this list orders`]
      : [];
  });
}

/** Throws NsomemError UNTRUSTED with the commands that mend it, where this runs as root. */
function refuseUntrusted(path: string): void {
  const complaints = ownershipComplaints(path);
  if (complaints.length > 0)
    throw new NsomemError("UNTRUSTED", complaints.map((text) => `refused: ${text}`).join("\n"), 2);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
