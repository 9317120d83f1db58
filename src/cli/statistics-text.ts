/** The statistics of a recording as text, as wide as the terminal. */

import type { Recording } from "../core/recording.ts";

/** Where there is no terminal. */
const columnsDefault = 120;

/** `verbose`: all figures that the original toolset printed with -v. */
export async function statisticsOf(recording: Recording, { verbose }: { verbose: boolean }): Promise<string> {
  const { analyse } = await import("../report/statistics/analysis.ts");
  const { statisticsText } = await import("../report/statistics/text.ts");
  return statisticsText(recording, analyse(recording), {
    verbose,
    width: process.stdout.columns ?? columnsDefault,
  });
}
