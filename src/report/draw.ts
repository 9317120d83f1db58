/** All pictures and the report of a recording, into a directory. */

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import type { Recording } from "../core/recording.ts";
import { replaceWithSync } from "../linux/replace-file.ts";
import { type Analysis, analyse, zoneFor } from "./analysis.ts";
import type { Finding } from "./finding.ts";
import { renderPage } from "./page.ts";
import { type LeftOut, picturesOf } from "./picture.ts";
import { renderPng } from "./png.ts";
import type { Recommendation } from "./recommendation.ts";
import { subjectsOf } from "./subject.ts";
import { renderSvg } from "./svg.ts";

export interface DrawOptions {
  recording: Recording;
  outDir: string;
  /** The version that draws. */
  version: string;
  nowMs: number;
}

/** What was written, relative to `outDir`, and what was not and why. */
export interface Drawn {
  files: string[];
  leftOut: LeftOut[];
  findings: Finding[];
  recommendation: Recommendation;
}

/**
 * Writes each picture as PNG and SVG, and report.html. A file appears whole or not at all. Throws NsomemError DRAW
 * when the directory cannot be written.
 */
export async function drawAll(options: DrawOptions): Promise<Drawn> {
  const { recording, outDir, version } = options;
  const analysis = analyse(recording);
  const { files, leftOut } = await drawPictures(options, analysis);
  const page = renderPage({ ...analysis, recording, version, drawnMs: options.nowMs });
  writeWhole(join(outDir, "report.html"), page);
  const { findings, recommendation } = analysis;
  return { files: [...files, "report.html"], leftOut, findings, recommendation };
}

/** Only the pictures whose file has `only` in its name. Throws NsomemError USAGE when there is none. */
export async function drawSome(options: DrawOptions & { only: string }): Promise<string[]> {
  const subjects = subjectsOf(options.recording);
  const { files, leftOut } = await drawPictures(options, { subjects, zone: zoneFor(subjects) });
  if (files.length > 0) return files;
  const reasons = leftOut.map(({ file, reason }) => `${file}: ${reason}`).join("; ");
  throw new NsomemError(
    "USAGE",
    `no picture has "${options.only}" in its name${reasons && `; ${reasons}`}`,
    2,
  );
}

async function drawPictures(
  { recording, outDir, version, only = "" }: DrawOptions & { only?: string },
  { subjects, zone }: Pick<Analysis, "subjects" | "zone">,
): Promise<Pick<Drawn, "files" | "leftOut">> {
  const { pictures, leftOut } = picturesOf(recording, subjects);
  const source = `${subjects.meta?.hostname ?? "host unknown"} · nsomem ${version}`;
  const files: string[] = [];
  for (const picture of pictures.filter(({ file }) => file.includes(only))) {
    const svg = renderSvg(picture, { zone, source });
    writeWhole(join(outDir, `${picture.file}.svg`), svg);
    writeWhole(join(outDir, `${picture.file}.png`), await renderPng(svg));
    files.push(`${picture.file}.svg`, `${picture.file}.png`);
    // 7 ms, and 120 MB less at the end of a week's eleven pictures.
    Bun.gc(true);
  }
  return { files, leftOut };
}

function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    replaceWithSync(path, content);
  } catch (error) {
    throw new NsomemError("DRAW", `cannot write ${path}: ${describeError(error)}`);
  }
}
