/** The rows that `replay --expect` compares with: an earlier table, or decisions.log. */

import { rowsOfTable } from "../core/decision-row.ts";
import { describeError, exitCodes, NsomemError } from "../core/errors.ts";
import { readRegular } from "../linux/regular-file.ts";

/** The first rows that differ as text of three lines, or undefined. Throws NsomemError EXPECT (exit 2). */
export function differenceTo(expectFile: string, rows: readonly string[]): string | undefined {
  const expected = rowsOfTable(readExpected(expectFile));
  const found = rowsOfTable(rows.join("\n"));
  const count = Math.max(found.length, expected.length);
  const at = Array.from({ length: count }, (_, index) => index).find((i) => found[i] !== expected[i]);
  if (at === undefined) return undefined;
  return [
    `row ${at + 1} differs from ${expectFile}:`,
    `- ${expected[at] ?? "(no more rows)"}`,
    `+ ${found[at] ?? "(no more rows)"}`,
  ].join("\n");
}

/** A row has 100 characters; a rotated decisions.log ends at 4 MiB. */
const bytesMax = 64 * 1024 * 1024;

function readExpected(path: string): string {
  try {
    return readRegular(path, { of: "anyone", bytesMax });
  } catch (error) {
    throw new NsomemError("EXPECT", `cannot read --expect: ${describeError(error)}`, exitCodes.usage);
  }
}
