/** What the terminal of standard output can show; a pipe is one that shows text alone. */

import { isatty } from "node:tty";
import { type Colours, colours, wantsColour } from "./colour.ts";
import { type Environment, isPlain } from "./environment.ts";

export interface Terminal {
  /** How wide what is laid out in columns may be. */
  columns: number;
  /** Where sentences are broken; on a pipe nowhere, since `grep` looks for whole ones. */
  wrapColumns: number;
  /** A line may be drawn over. */
  isLive: boolean;
  /** It has a keyboard. */
  isInteractive: boolean;
  colour: Colours;
}

const columnsDefault = 80;
const rowsDefault = 24;

/** Asked for anew where it counts: a terminal changes its size. */
export function terminalNow(env: Environment = process.env): Terminal {
  const isTerminal = isatty(1);
  const columns = isTerminal ? terminalColumns() : columnsDefault;
  return {
    columns,
    wrapColumns: isTerminal ? columns : Number.POSITIVE_INFINITY,
    isLive: isTerminal && !isPlain(env),
    isInteractive: isTerminal && isatty(0),
    colour: colours(wantsColour(1, env)),
  };
}

/** Loads the stream of standard output, which takes 14 ms (facts 4.16): not on a pipe. */
export function terminalColumns(): number {
  return process.stdout.columns || columnsDefault;
}

export function terminalRows(): number {
  return process.stdout.rows || rowsDefault;
}
