/** The pictures of a recording, under the inherited file names, and those that it has no data for. */

import type { Recording } from "../../core/recording.ts";
import { withFiles } from "../../core/vm-file.ts";
import type { Subjects } from "../series/subject.ts";
import type { Line, Picture } from "./picture.ts";
import { pictureContent } from "./picture-content.ts";

/** A picture that is not drawn, and the sentence that says why. */
export interface LeftOut {
  file: string;
  reason: string;
}

export interface Pictures {
  pictures: Picture[];
  leftOut: LeftOut[];
}

export function picturesOf(recording: Recording, subjects: Subjects): Pictures {
  if (recording.host.atMs.length === 0)
    return {
      pictures: [],
      leftOut: [{ file: "all pictures", reason: "nothing was measured between the two times" }],
    };
  const pictures: Picture[] = [];
  const leftOut: LeftOut[] = [];
  const content = pictureContent(recording, subjects);
  const never = (file: string, who: string) =>
    leftOut.push({ file, reason: `${who} was never seen between the two times` });
  const { core, javaVm, pythonTotal, pythonVms } = subjects;
  if (core) pictures.push(content.underCommitLimit("ncs.smp/mem_ncs.smp", core));
  else never("ncs.smp/mem_ncs.smp", "the NSO core");
  if (javaVm) pictures.push(content.underCommitLimit("NcsJVMLauncher/mem_NcsJVMLauncher", javaVm));
  else never("NcsJVMLauncher/mem_NcsJVMLauncher", "a JavaVM");
  if (pythonTotal) pictures.push(content.underCommitLimit("python3/mem_total", pythonTotal));
  else never("python3/mem_total", "a Python VM");
  for (const { vm, file } of withFiles(pythonVms)) pictures.push(content.alone(`python3/${file}`, vm));
  pictures.push(...content.comparisons());
  const drawn = pictures.map((picture) => ({
    ...picture,
    lines: picture.lines.filter(isMeasured),
    limit: picture.limit && isMeasured(picture.limit) ? picture.limit : undefined,
  }));
  return { pictures: drawn.filter(({ lines }) => lines.length > 0), leftOut };
}

function isMeasured({ series }: Line): boolean {
  return series.atMs.length > 0;
}
