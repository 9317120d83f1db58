/** All pictures and the report of a recording, into a directory. */

import { join } from "node:path";
import { exitCodes, NsomemError } from "../core/errors.ts";
import type { Recording } from "../core/recording.ts";
import { renderPage } from "./page/page.ts";
import { type DrawnPictures, drawPictures, type PictureOptions } from "./picture/draw-pictures.ts";
import { writeInPieces } from "./picture/whole-file.ts";
import { subjectsOf } from "./series/subject.ts";
import { analyse } from "./statistics/analysis.ts";
import type { Finding } from "./statistics/finding-tone.ts";
import type { Recommendation } from "./statistics/recommendation.ts";

export interface DrawOptions {
  recording: Recording;
  outDir: string;
  /** The version that draws. */
  version: string;
  nowMs: number;
  onDrawn?: PictureOptions["onDrawn"];
}

export interface Drawn extends DrawnPictures {
  findings: Finding[];
  recommendation: Recommendation;
}

/** Each picture as PNG and SVG, and report.html. Throws NsomemError DRAW when the directory cannot be written. */
export async function drawAll(options: DrawOptions): Promise<Drawn> {
  const { recording, outDir, version } = options;
  const analysis = analyse(recording);
  const { files, leftOut } = await drawPictures(recording, analysis.subjects, options);
  const page = await renderPage(recording, analysis, { version, drawnMs: options.nowMs });
  writeInPieces(join(outDir, "report.html"), page);
  const { findings, recommendation } = analysis;
  return { files: [...files, "report.html"], leftOut, findings, recommendation };
}

/** Only the pictures whose file has `only` in its name. Throws NsomemError USAGE when there is none. */
export async function drawSome(options: DrawOptions & { only: string }): Promise<string[]> {
  const { recording, only } = options;
  const { files, leftOut } = await drawPictures(recording, subjectsOf(recording), options);
  if (files.length > 0) return files;
  const reasons = leftOut.map(({ file, reason }) => `${file}: ${reason}`).join("; ");
  throw new NsomemError(
    "USAGE",
    `no picture has "${only}" in its name${reasons && `; ${reasons}`}`,
    exitCodes.usage,
  );
}
