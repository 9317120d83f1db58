/** A stand-in for NSO's `ncs` command whose behaviour a test switches. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { labFile } from "./cache.ts";

/**
 * `ok`; `slow 2.5` seconds and then ok; `unreachable` exits 2 and `timeout` exits 3 as ncs does; `empty` leaves an
 * empty file; `missing` leaves none and exits 0; `hang` never ends.
 */
export type NcsBehaviour = "ok" | `slow ${number}` | "unreachable" | "timeout" | "empty" | "missing" | "hang";

export interface NcsCommand {
  path: string;
  behave(behaviour: NcsBehaviour): void;
  /** The arguments of each call so far, one line each. */
  calls(): string[];
}

/** Writes the command as `DIR/ncs`; it behaves `ok`. */
export function writeNcsCommand(dir: string): NcsCommand {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, "ncs");
  const command: NcsCommand = {
    path,
    behave(behaviour) {
      // Renamed into place: a call at this moment reads the old or the new word, never half of one.
      writeFileSync(join(dir, "behaviour.new"), `${behaviour}\n`);
      renameSync(join(dir, "behaviour.new"), join(dir, "behaviour"));
    },
    calls() {
      const file = join(dir, "calls");
      return existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
    },
  };
  command.behave("ok");
  copyFileSync(labFile("ncs-command.sh"), path);
  return command;
}
