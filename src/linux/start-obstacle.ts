/** Whether the kernel could start an executable: its first bytes, its interpreters, and the mount that it is on. */

import { closeSync, readSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { errnoOf } from "../core/errors.ts";
import { headBytes, parseHead } from "../core/script-head.ts";
import { mountOf } from "./mounts.ts";
import { openRegular } from "./regular-file.ts";
import { isOursToRun } from "./trusted-command.ts";

/** How deep the kernel goes from interpreter to interpreter, see execve(2). */
const interpretersMax = 4;

const executableBits = 0o111;

/**
 * A sentence why `path`, which has a mode to be executed, can never be started; undefined where nothing is seen that
 * speaks against it. `searchPath` is where `env` looks for its command. A file that cannot be read is not judged.
 */
export function startObstacle(path: string, searchPath: string | undefined): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || (found.mode & executableBits) === 0) return undefined;
  const reason = obstacleOf(path, searchPath, interpretersMax);
  return reason && `${path} ${reason}`;
}

function obstacleOf(path: string, searchPath: string | undefined, depth: number): string | undefined {
  const mount = mountOf(path);
  if (mount?.options.includes("noexec")) return `is on ${mount.point}, which is mounted noexec`;
  const head = readHead(path);
  if (!head) return undefined;
  const found = parseHead(head);
  switch (found.kind) {
    case "program":
      return undefined;
    case "cannot start":
      return found.reason;
    case "script":
      return interpreterObstacle(found, searchPath, depth);
  }
}

function interpreterObstacle(
  { interpreter, argument }: { interpreter: string; argument: string | undefined },
  searchPath: string | undefined,
  depth: number,
): string | undefined {
  const name = `has the interpreter ${interpreter}, which`;
  // It is looked for in the directory in which the script is started, which is each time another incident's.
  if (!interpreter.startsWith("/")) return `${name} is not an absolute path`;
  const found = statSync(interpreter, { throwIfNoEntry: false });
  if (!found?.isFile()) return `${name} is not there`;
  if ((found.mode & executableBits) === 0) return `${name} may not be executed`;
  if (depth === 0) return `${name} is one too many in a row`;
  const obstacle = obstacleOf(interpreter, searchPath, depth - 1);
  if (obstacle !== undefined) return `${name} ${obstacle}`;
  if (!isOursToRun(interpreter)) return `${name} may not be executed by this user`;
  const command = basename(interpreter) === "env" ? commandOfEnv(argument) : undefined;
  return command === undefined || isInPath(command, searchPath)
    ? undefined
    : `asks env for ${command}, which is not in PATH (${searchPath ?? "none"})`;
}

/** The command in the argument of `#!/usr/bin/env`: the argument is one word, which -S alone takes apart. */
function commandOfEnv(argument: string | undefined): string | undefined {
  if (argument === undefined) return undefined;
  const split = /^-S\s*/.exec(argument) ?? /^--split-string=?\s*/.exec(argument);
  const words = split ? argument.slice(split[0].length).split(/\s+/) : [argument];
  const command = words.find((word) => !word.includes("="));
  // With options of its own, or in quotes, it is env's to read.
  return command && /^[A-Za-z0-9_./+ -]+$/.test(command) && !command.startsWith("-") ? command : undefined;
}

function isInPath(command: string, searchPath: string | undefined): boolean {
  if (command.includes("/")) return isOursToRun(resolve("/", command));
  return (searchPath ?? "")
    .split(":")
    .some((directory) => directory && isOursToRun(join(directory, command)));
}

function readHead(path: string): Uint8Array | undefined {
  try {
    const { descriptor } = openRegular(path, { of: "anyone" });
    try {
      const head = Buffer.alloc(headBytes);
      return head.subarray(0, readSync(descriptor, head, 0, headBytes, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    // What may be executed and not read is a program, else its interpreter could not read it.
    if (errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}
