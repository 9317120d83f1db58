/** The lines of an old file that gave nothing: how many, and the first of them. */

import { shown } from "../core/shown.ts";

export interface Refused {
  count: number;
  first: { lineNumber: number; reason: string; line: string } | undefined;
}

export interface RefusedCount extends Refused {
  add(lineNumber: number, reason: string, line: string): void;
}

export function countRefused(): RefusedCount {
  const refused: RefusedCount = {
    count: 0,
    first: undefined,
    add(lineNumber, reason, line) {
      refused.count++;
      refused.first ??= { lineNumber, reason, line: shown(line, 200) };
    },
  };
  return refused;
}

/** `line 2 (an unknown level): …`, or undefined where none was refused. */
export function firstRefused({ first }: Refused): string | undefined {
  return first && `line ${first.lineNumber} (${first.reason}): ${first.line}`;
}
