/** Metrics as a file for node_exporter's textfile collector, which reads what ends in `.prom`. */

import { describeError, NsomemError } from "../core/errors.ts";
import { replaceFile } from "../linux/replace-file.ts";

/** For the user of the collector, who is another one. */
const modeForAll = 0o644;

/** Whole or not at all, by rename(2). Throws NsomemError TEXTFILE naming the path. */
export async function writeTextfile(path: string, text: string): Promise<void> {
  try {
    await replaceFile(path, async (file) => {
      await file.writeFile(text);
      await file.chmod(modeForAll);
    });
  } catch (error) {
    throw new NsomemError("TEXTFILE", `cannot write ${path}: ${describeError(error)}`);
  }
}
