/** A directory for what a command needs while it runs; its maker removes it. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";

/** Throws NsomemError TMPDIR with the way out where none can be made. */
export function makeTemporaryDirectory(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    throw new NsomemError(
      "TMPDIR",
      `no directory can be made in ${tmpdir()}: ${describeError(error)}; name another with TMPDIR=/directory`,
    );
  }
}
