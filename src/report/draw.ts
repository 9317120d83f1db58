/** All pictures and the report of a recording, into a directory. */

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeError, NsomemError } from "../core/errors.ts";
import type { Recording } from "../core/recording.ts";
import { analyse } from "./analysis.ts";
import type { Finding } from "./finding.ts";
import { renderPage } from "./page.ts";
import { type LeftOut, picturesOf } from "./picture.ts";
import { renderPng } from "./png.ts";
import type { Recommendation } from "./recommendation.ts";
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
  const { recording, outDir } = options;
  const analysis = analyse(recording);
  const { subjects, zone } = analysis;
  const { pictures, leftOut } = picturesOf(recording, subjects);
  const source = `${subjects.meta?.hostname ?? "host unknown"} · nsomem ${options.version}`;
  const files: string[] = [];
  const write = (file: string, content: string | Uint8Array) => {
    writeWhole(join(outDir, file), content);
    files.push(file);
  };
  for (const picture of pictures) {
    const svg = renderSvg(picture, { zone, source });
    write(`${picture.file}.svg`, svg);
    write(`${picture.file}.png`, await renderPng(svg));
    // 7 ms, and 120 MB less at the end of a week's eleven pictures.
    Bun.gc(true);
  }
  write(
    "report.html",
    renderPage({ ...analysis, recording, version: options.version, drawnMs: options.nowMs }),
  );
  return { files, leftOut, findings: analysis.findings, recommendation: analysis.recommendation };
}

function writeWhole(path: string, content: string | Uint8Array): void {
  const partial = `${path}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(partial, content, { mode: 0o600 });
    renameSync(partial, path);
  } catch (error) {
    throw new NsomemError("DRAW", `cannot write ${path}: ${describeError(error)}`);
  }
}
