/** Where times and sizes are in a picture; all parts that draw into its plot share it. */

import type { Box } from "./layout.ts";

export interface Frame {
  plot: Box;
  fromMs: number;
  toMs: number;
  /** Pixels from the left edge of the picture. */
  x(atMs: number): number;
  /** Pixels from its upper edge. */
  y(kib: number): number;
}
