/** status.json: replaced as a whole, so that a reader (`cat`, a monitoring agent) never sees half of it. */

import { readStatusDocument } from "../core/read-status.ts";
import { shownJson } from "../core/shown.ts";
import type { Status } from "../core/status.ts";
import { replacedFile } from "../linux/private-file.ts";
import { readRegular } from "../linux/regular-file.ts";
import { createDrain, type Lane } from "./lane.ts";

export interface StatusFile {
  /** Has the document written; one that comes while another is being written takes the place of what waits. */
  write(status: Status): void;
  /** Why the last one could not be written, or undefined. */
  problem(): string | undefined;
  /** Waits until the last one is written, at most `msMax`. False: it is not. */
  settle(msMax: number): Promise<boolean>;
}

/** `lane`: of the directory that it is in. */
export function statusFileAt(path: string, lane: Lane): StatusFile {
  const file = replacedFile(path);
  let waiting: Status | undefined;
  const drain = createDrain(lane, function* () {
    const status = waiting;
    if (!status) return;
    yield* file.replace(`${shownJson(status, 2)}\n`);
    if (waiting === status) waiting = undefined;
  });
  return {
    write(status) {
      waiting = status;
      drain.wake();
    },
    problem() {
      const trouble = drain.trouble();
      return trouble === undefined ? undefined : `status.json: ${trouble}`;
    },
    settle: drain.settle,
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
