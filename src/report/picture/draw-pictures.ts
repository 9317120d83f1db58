/** The pictures of a recording as files. */

import { join } from "node:path";
import type { Recording } from "../../core/recording.ts";
import type { Subjects } from "../series/subject.ts";
import { zoneFor } from "../series/zone.ts";
import { type LeftOut, picturesOf } from "./pictures.ts";
import { renderPng } from "./png.ts";
import { renderSvg } from "./svg.ts";
import { writeWholeFile } from "./whole-file.ts";

export interface PictureOptions {
  outDir: string;
  /** The version that draws. */
  version: string;
  /** Draws only the pictures whose file has this in its name. */
  only?: string;
  /** After each picture: how many of them are drawn. */
  onDrawn?: ((drawn: number) => Promise<void>) | undefined;
}

/** What was written, relative to `outDir`, and what was not and why. */
export interface DrawnPictures {
  files: string[];
  leftOut: LeftOut[];
}

/** Writes each picture as SVG and PNG. Throws NsomemError DRAW when the directory cannot be written. */
export async function drawPictures(
  recording: Recording,
  subjects: Subjects,
  { outDir, version, only = "", onDrawn }: PictureOptions,
): Promise<DrawnPictures> {
  const { pictures, leftOut } = picturesOf(recording, subjects);
  const zone = zoneFor(subjects.meta);
  const source = `${subjects.meta?.hostname ?? "host unknown"} · nsomem ${version}`;
  const files: string[] = [];
  for (const picture of pictures.filter(({ file }) => file.includes(only))) {
    const svg = renderSvg(picture, { zone, source });
    writeWholeFile(join(outDir, `${picture.file}.svg`), svg);
    writeWholeFile(join(outDir, `${picture.file}.png`), await renderPng(svg));
    files.push(`${picture.file}.svg`, `${picture.file}.png`);
    // 7 ms, and 120 MB less at the end of a week's eleven pictures.
    Bun.gc(true);
    await onDrawn?.(files.length / 2);
  }
  return { files, leftOut };
}
