/** Puts the unit in place, has systemd run it, and takes it away again. */

import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { shownText } from "../core/shown.ts";
import { inPrivateDirectory } from "../linux/private-directory.ts";
import { readRegular } from "../linux/regular-file.ts";
import { replaceFile } from "../linux/replace-file.ts";
import { systemctl, systemctlOrThrow } from "./systemd.ts";
import { type UnitOptions, unitMark, unitName, unitText } from "./unit.ts";

/** Where the administrator's units are; those of packages are below /usr/lib. See systemd.unit(5). */
export const unitDir = "/etc/systemd/system";

export interface Step {
  /** What is done, for the operator to read. */
  text: string;
  do: () => Promise<void>;
}

const unitPathOf = (dir: string) => join(dir, unitName);
const dropInDirOf = (dir: string) => join(dir, `${unitName}.d`);

/** What an installation does, in its order: data until each is done, so that a dry run is free. */
export function installSteps(
  options: UnitOptions,
  { dir = unitDir, configuration }: { dir?: string; configuration?: SharedConfiguration | undefined } = {},
): Step[] {
  const path = unitPathOf(dir);
  const dropIns = dropInDirOf(dir);
  return [
    { text: `write ${path}`, do: () => writeUnit(path, unitText(options)) },
    {
      text: `make ${dropIns}, for settings of your own`,
      do: async () => void mkdirSync(dropIns, { recursive: true, mode: 0o755 }),
    },
    ...(configuration ? [shareStep(configuration)] : []),
    systemctlStep("daemon-reload"),
    systemctlStep("enable", unitName),
    // Also where it runs already, by an older unit.
    { text: `systemctl restart ${unitName}`, do: start },
  ];
}

async function start(): Promise<void> {
  const { code } = await systemctl("restart", unitName);
  if (code === 0) return;
  const { stdout } = await systemctl("status", "--no-pager", "--lines=5", unitName);
  throw new NsomemError(
    "SYSTEMD",
    `${unitName} does not start; mend it, then "systemctl restart nsomem":\n${shownText(stdout.trim())}`,
  );
}

/** Root's configuration that another user is to read. */
export interface SharedConfiguration {
  directory: string;
  user: string;
  gid: number;
}

/** Root's it stays: he reads it by his group. */
function shareStep({ directory, user, gid }: SharedConfiguration): Step {
  return {
    text: `let ${user} read ${directory} and what is in it (chgrp ${gid}, chmod g+rX)`,
    do: async () => {
      mkdirSync(directory, { recursive: true, mode: 0o750 });
      inPrivateDirectory(directory, (held) => {
        for (const name of readdirSync(directory)) held.at(name, (way) => share(way, gid));
      });
      share(directory, gid);
    },
  };
}

/** Root's regular files and directories alone: what he links to is his to share. */
function share(path: string, gid: number): void {
  const found = lstatSync(path);
  if (found.uid !== 0 || !(found.isFile() || found.isDirectory())) return;
  lchownSync(path, 0, gid);
  const isEntered = found.isDirectory() || (found.mode & 0o100) !== 0;
  chmodSync(path, isEntered ? 0o750 : 0o640);
}

/** Throws NsomemError NOT_INSTALLED where this program has installed nothing. */
export function removeSteps(dir = unitDir): Step[] {
  const path = unitPathOf(dir);
  const dropIns = dropInDirOf(dir);
  if (!existsSync(path))
    throw new NsomemError(
      "NOT_INSTALLED",
      `${path} is not there: nothing to remove; a package's unit ends with "systemctl disable --now nsomem"`,
    );
  refuseForeignUnit(path);
  const isEmpty = existsSync(dropIns) && readdirSync(dropIns).length === 0;
  return [
    systemctlStep("disable", "--now", unitName),
    { text: `remove ${path}`, do: async () => unlinkSync(path) },
    ...(isEmpty ? [{ text: `remove ${dropIns}`, do: async () => rmdirSync(dropIns) }] : []),
    systemctlStep("daemon-reload"),
    // Else a unit that had failed would still be listed.
    {
      text: `systemctl reset-failed ${unitName}`,
      do: async () => void (await systemctl("reset-failed", unitName)),
    },
  ];
}

/** What is installed, or undefined. */
export function installedUnit(dir = unitDir): { path: string; text: string } | undefined {
  const path = unitPathOf(dir);
  return existsSync(path) ? { path, text: readUnit(path) } : undefined;
}

function systemctlStep(...words: string[]): Step {
  return { text: `systemctl ${words.join(" ")}`, do: async () => void (await systemctlOrThrow(...words)) };
}

async function writeUnit(path: string, text: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })) refuseForeignUnit(path);
  await replaceFile(path, async (file) => {
    await file.writeFile(text);
    // Everybody may read a unit; systemd complains of one that not everybody can.
    await file.chmod(0o644);
  });
}

/** Somebody's own unit is his work. Throws NsomemError FOREIGN_UNIT. */
function refuseForeignUnit(path: string): void {
  if (readUnit(path).includes(unitMark)) return;
  throw new NsomemError(
    "FOREIGN_UNIT",
    `${path} was not written by nsomem and is left as it is; move it away first`,
  );
}

const unitBytesMax = 1024 * 1024;

function readUnit(path: string): string {
  return readRegular(path, { of: "anyone", bytesMax: unitBytesMax });
}
