/** status.json: replaced as a whole, so that a reader (`cat`, a monitoring agent) never sees half of it. */

import { readFileSync } from "node:fs";
import { describeError } from "../core/errors.ts";
import { readStatusDocument } from "../core/read-status.ts";
import { shownJson } from "../core/shown.ts";
import type { Status } from "../core/status.ts";
import { replaceWithSync } from "../linux/replace-file.ts";

/** Writes the document; returns why it could not be written, or undefined. Never throws. */
export function writeStatus(path: string, status: Status): string | undefined {
  try {
    replaceWithSync(path, `${shownJson(status, 2)}\n`);
    return undefined;
  } catch (error) {
    return `status.json: ${describeError(error)}`;
  }
}

/** The last document an agent wrote, or undefined when there is none or it is not one. */
export function readStatus(path: string): Status | undefined {
  try {
    return readStatusDocument(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
