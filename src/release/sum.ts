/** The sum of a file. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Hexadecimal SHA-256. */
export function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
