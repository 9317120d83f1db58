/** status.json: replaced as a whole, so that a reader (`cat`, a monitoring agent) never sees half of it. */

import { describeError } from "../core/errors.ts";
import { readStatusDocument } from "../core/read-status.ts";
import { shownJson } from "../core/shown.ts";
import type { Status } from "../core/status.ts";
import { replacedFile } from "../linux/private-file.ts";
import { readRegular } from "../linux/regular-file.ts";

export interface StatusFile {
  /** Writes the document; returns why it could not be written, or undefined. Never throws. */
  write(status: Status): string | undefined;
  close(): void;
}

export function statusFileAt(path: string): StatusFile {
  const file = replacedFile(path);
  return {
    write(status) {
      try {
        file.replace(`${shownJson(status, 2)}\n`);
        return undefined;
      } catch (error) {
        return `status.json: ${describeError(error)}`;
      }
    },
    close: file.close,
  };
}

/** `core/bounded-status.ts` keeps it below 64 KiB; that of an older version with 500 Python VMs had 100 KB. */
const bytesMax = 4 * 1024 * 1024;

/**
 * The last document an agent wrote, or undefined where there is none, it is not one, or it is not this user's own or
 * root's.
 */
export function readStatus(path: string): Status | undefined {
  try {
    return readStatusDocument(JSON.parse(readRegular(path, { of: "own", bytesMax })));
  } catch {
    return undefined;
  }
}
