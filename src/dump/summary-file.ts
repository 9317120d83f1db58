/** The summary of a crash dump as it lies in an incident's directory. */

import { join } from "node:path";
import { doLater } from "../linux/file-work.ts";
import { openPrivateDirectory } from "../linux/private-directory.ts";
import { readRegular } from "../linux/regular-file.ts";
import { replaceFile } from "../linux/replace-file.ts";
import { type DumpSummary, parseDumpSummary, summaryBytesMax, summaryFiles } from "./summary.ts";
import { summaryText } from "./summary-text.ts";

/** Both forms, each whole or not at all; those of an earlier reading are replaced. Throws what the system says. */
export async function writeSummary(dir: string, summary: DumpSummary): Promise<void> {
  const texts = {
    [summaryFiles.text]: `${summaryText(summary)}\n`,
    [summaryFiles.json]: `${JSON.stringify(summary, null, 1)}\n`,
  };
  const directory = await doLater(openPrivateDirectory(dir));
  try {
    for (const [name, text] of Object.entries(texts))
      await directory.at(name, (way) => replaceFile(way, (file) => file.writeFile(text)));
  } finally {
    directory.close();
  }
}

/** Undefined where there is none that can be read. */
export function readSummary(dir: string): DumpSummary | undefined {
  try {
    const path = join(dir, summaryFiles.json);
    return parseDumpSummary(readRegular(path, { of: "anyone", isNoLink: true, bytesMax: summaryBytesMax }));
  } catch {
    return undefined;
  }
}
