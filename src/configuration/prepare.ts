/** The configuration made ready to act on: whose files they are, what the callbacks export, which executables exist. */

import { resolve } from "node:path";
import { wordOf } from "../core/action.ts";
import type { Config } from "../core/config.ts";
import type { ConfigIssue } from "../core/config-issue.ts";
import { exitCodes, NsomemError } from "../core/errors.ts";
import { rulesOf } from "../core/rule.ts";
import { silenceAt } from "../linux/silent-place.ts";
import { noSuchUser, uidOf } from "../linux/users.ts";
import { actionKinds } from "../rescue/action-kinds.ts";
import { type Callbacks, callbackIssues, takeCallbacks } from "./callbacks.ts";
import { executableIssues, executablesOf } from "./executables.ts";
import { configError, readConfig, readTrustedConfig } from "./read.ts";
import { refuseUnsafe } from "./trust.ts";

export interface PreparedConfig {
  /** With `callbacks.file` resolved and the lists that exported callbacks take over. */
  config: Config;
  /** Absent when there is none and the defaults are in force. */
  file: string | undefined;
  callbacks: Callbacks | undefined;
  /** What works and is still worth a word. */
  warnings: string[];
}

/**
 * Reads, validates and checks everything that the configuration names. Throws NsomemError CONFIG, CALLBACKS or
 * UNTRUSTED (all exit 2) with every complaint. The callbacks file is loaded in a process of its own, never here.
 */
export async function prepareConfig(path: string, options: { required: boolean }): Promise<PreparedConfig> {
  const absolute = resolve(path);
  await refuseSilent(absolute);
  const read = readTrustedConfig(absolute, options);
  const config = structuredClone(read.config);
  await Promise.all([config.callbacks.file ?? [], executablesOf(config)].flat().map(refuseSilent));
  const callbacks = await takeCallbacks(config, read, absolute);
  const issues = [...callbackIssues(config, callbacks), ...executableIssues(config), ...userIssues(config)];
  if (issues.length > 0) throw configError(absolute, read.text, issues);
  const nsoUid = config.nso.user === undefined ? undefined : uidOf(config.nso.user);
  for (const executable of executablesOf(config)) refuseUnsafe(executable, nsoUid);
  return { config, file: read.file, callbacks, warnings: warningsOf(config) };
}

/** A running agent reads it again on its only thread: from a place that does not answer, nothing is read. */
async function refuseSilent(path: string): Promise<void> {
  const silence = await silenceAt(path);
  if (silence !== undefined) throw new NsomemError("CONFIG", silence, exitCodes.usage);
}

function userIssues({ nso: { user } }: Config): ConfigIssue[] {
  if (user === undefined || uidOf(user) !== undefined) return [];
  return [{ path: ["nso", "user"], message: `nso.user is "${user}": ${noSuchUser}`, given: user }];
}

/** As `prepareConfig`, where nothing will be acted on: executables need not exist. The callbacks are loaded all the same. */
export async function inspectConfig(path: string, options: { required: boolean }): Promise<PreparedConfig> {
  const absolute = resolve(path);
  const read = readConfig(absolute, options);
  const config = structuredClone(read.config);
  const callbacks = await takeCallbacks(config, read, absolute);
  return { config, file: read.file, callbacks, warnings: [] };
}

/** Lists in which the signal waits for what is before it. */
function warningsOf(config: Config): string[] {
  return rulesOf(config).flatMap(({ name, actions }) => {
    const at = actions.findIndex(({ kind }) => actionKinds[kind].sendsSignal);
    if (at <= 0) return [];
    const before = actions.slice(0, at).map(wordOf).join(", ");
    return [`${name}: the crash dump waits for ${before}, as this list orders`];
  });
}
