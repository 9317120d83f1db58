/** What is built: its version, its commit and that commit's time. */

import { readFileSync } from "node:fs";
import { run } from "./run.ts";

export interface Origin {
  version: string;
  /** SOURCE_COMMIT of the environment, else `git describe`, else "no-git". */
  commit: string;
  /** SOURCE_DATE_EPOCH of the environment, else the commit's: seconds since 1970, which stand for "now" in all that is made: two builds of a commit are the same bytes. */
  epochSeconds: number;
}

export function originOf(): Origin {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  return {
    version,
    commit: process.env.SOURCE_COMMIT ?? git(["describe", "--always", "--dirty", "--tags"]) ?? "no-git",
    epochSeconds: Number(process.env.SOURCE_DATE_EPOCH ?? git(["log", "-1", "--format=%ct"]) ?? 0),
  };
}

function git(words: string[]): string | undefined {
  try {
    return run(["git", ...words]).trim();
  } catch {
    return undefined;
  }
}
