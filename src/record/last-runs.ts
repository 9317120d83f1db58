/** When each action last ran, kept over restarts so that a cool-down survives them. */

import { replacePrivateFile } from "../linux/private-file.ts";
import { readRegular } from "../linux/regular-file.ts";

export interface LastRuns {
  /** Milliseconds since the epoch by `kind/action`. */
  all(): Readonly<Record<string, number>>;
  set(key: string, atMs: number): void;
  forget(key: string): void;
}

/** Opens `path`; an absent or damaged file reads as none ever ran. Never throws: losing a cool-down is the lesser evil. */
export function openLastRuns(path: string): LastRuns {
  const runs = read(path);
  let timer: Timer | undefined;
  // Written behind the action's back: the signal must not wait for this file.
  const save = () => {
    clearTimeout(timer);
    timer = setTimeout(() => write(path, runs), 0);
  };
  return {
    all: () => runs,
    set(key, atMs) {
      runs[key] = atMs;
      save();
    },
    forget(key) {
      delete runs[key];
      save();
    },
  };
}

/** One entry is 40 bytes, and there is one for each action of each rule. */
const bytesMax = 1024 * 1024;

function read(path: string): Record<string, number> {
  try {
    const document: unknown = JSON.parse(readRegular(path, { of: "own", bytesMax }));
    if (typeof document !== "object" || document === null) return {};
    return Object.fromEntries(Object.entries(document).filter(([, value]) => typeof value === "number"));
  } catch {
    return {};
  }
}

function write(path: string, runs: Record<string, number>): void {
  try {
    replacePrivateFile(path, JSON.stringify(runs));
  } catch {
    // In force until the agent ends; a full disk shows in the logs on it.
  }
}
