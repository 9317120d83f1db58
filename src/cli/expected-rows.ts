/** The rows that `replay --expect` compares with: an earlier table, or decisions.log. */

import { readFileSync } from "node:fs";
import { rowsOfTable } from "../core/decision-row.ts";
import { describeError, exitCodes, NsomemError } from "../core/errors.ts";

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

function readExpected(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new NsomemError("EXPECT", `cannot read --expect: ${describeError(error)}`, exitCodes.usage);
  }
}
