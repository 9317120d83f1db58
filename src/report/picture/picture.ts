/** The pictures of a recording as data: which lines, limits and marks each has, under the inherited file names. */

import type { Limits } from "../../core/level.ts";
import type { HistoryEvent, Recording } from "../../core/recording.ts";
import type { Series } from "../series/series.ts";
import type { Subjects } from "../series/subject.ts";
import type { Stroke } from "./palette.ts";
import { pictureFrame } from "./picture-content.ts";
import { vmFiles } from "./vm-file.ts";

export interface Line {
  label: string;
  series: Series;
  stroke: Stroke;
}

/** A line that must not be reached, with the percentages of it where levels begin. */
export interface Ceiling extends Line {
  limits: Limits;
}

export interface Picture {
  /** Below graphs/, without extension: `ncs.smp/mem_ncs.smp`. Source: facts 1.1. */
  file: string;
  title: string;
  /** Said under the title, such as that the limit does not bind. */
  note?: string | undefined;
  ceiling?: Ceiling | undefined;
  lines: Line[];
  events: readonly HistoryEvent[];
  /** Where this has gaps nothing was measured at all. */
  measured: Series;
  fromMs: number;
  toMs: number;
}

/** A picture that is not drawn, and the sentence that says why. */
export interface LeftOut {
  file: string;
  reason: string;
}

export interface Pictures {
  pictures: Picture[];
  leftOut: LeftOut[];
}

/** Where no run says otherwise (imported files): the tool's own defaults. */
export const defaultLimits: Limits = { warningPercent: 90, criticalPercent: 95 };

export function picturesOf(recording: Recording, subjects: Subjects): Pictures {
  const pictures: Picture[] = [];
  const leftOut: LeftOut[] = [];
  const draw = pictureFrame(recording, subjects);
  const never = (file: string, who: string) =>
    leftOut.push({ file, reason: `${who} was never seen between the two times` });

  if (recording.host.atMs.length === 0)
    return {
      pictures,
      leftOut: [{ file: "all pictures", reason: "nothing was measured between the two times" }],
    };
  const { core, javaVm, pythonTotal } = subjects;
  if (core) pictures.push(draw.underCommitLimit("ncs.smp/mem_ncs.smp", core));
  else never("ncs.smp/mem_ncs.smp", "the NSO core");
  if (javaVm) pictures.push(draw.underCommitLimit("NcsJVMLauncher/mem_NcsJVMLauncher", javaVm));
  else never("NcsJVMLauncher/mem_NcsJVMLauncher", "a JavaVM");
  if (pythonTotal) pictures.push(draw.underCommitLimit("python3/mem_total", pythonTotal));
  else never("python3/mem_total", "a Python VM");
  const files = vmFiles(subjects.pythonVms.map(({ name }) => name));
  for (const [index, vm] of subjects.pythonVms.entries())
    pictures.push(draw.alone(`python3/${files[index]}`, vm));
  pictures.push(...draw.comparisons());
  const drawn = pictures.map((picture) => ({
    ...picture,
    lines: picture.lines.filter(isMeasured),
    ceiling: picture.ceiling && isMeasured(picture.ceiling) ? picture.ceiling : undefined,
  }));
  return { pictures: drawn.filter(({ lines }) => lines.length > 0), leftOut };
}

function isMeasured({ series }: Line): boolean {
  return series.atMs.length > 0;
}

/** From the first to the last measurement: an axis over hours before it would squeeze what there is. */
export function extentOf({ host: { atMs }, sinceMs, untilMs }: Recording): { fromMs: number; toMs: number } {
  const fromMs = atMs[0];
  const toMs = atMs.at(-1);
  if (fromMs === undefined || toMs === undefined) return { fromMs: sinceMs, toMs: untilMs };
  // One sample: a minute around it.
  return fromMs === toMs ? { fromMs: fromMs - 30_000, toMs: toMs + 30_000 } : { fromMs, toMs };
}
