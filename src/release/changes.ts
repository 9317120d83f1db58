/** What each release changed for its user, from the one text that `nsomem changes` prints. */

import { readFileSync } from "node:fs";

export interface Release {
  version: string;
  /** YYYY-MM-DD. */
  date: string;
  /** One sentence or two each. */
  changes: string[];
}

/** Newest first. Throws where the text is not in its form: `## VERSION (DATE)`, then lines that begin with `- `. */
export function releases(text = readFileSync("src/cli/changes/changes.md", "utf8")): Release[] {
  const found: Release[] = [];
  for (const line of text.split("\n")) {
    const heading = /^## (\d+\.\d+\.\d+) \((\d{4}-\d\d-\d\d)\)$/.exec(line);
    const current = found.at(-1);
    if (heading?.[1] && heading[2]) found.push({ version: heading[1], date: heading[2], changes: [] });
    else if (line.startsWith("- ")) current?.changes.push(line.slice(2));
    else if (line.startsWith("  ")) current?.changes.push(`${current.changes.pop()} ${line.trim()}`);
    else if (line !== "" && !line.startsWith("# "))
      throw new Error(`changes.md has a line of no form: ${line}`);
  }
  return found;
}

/** See deb-changelog(5). */
export function debChangelog(list: readonly Release[], maintainer: string): string {
  const entries = list.map(({ version, date, changes }) => {
    const when = new Date(`${date}T12:00:00Z`).toUTCString().replace("GMT", "+0000");
    const lines = changes.map((change) => `  * ${change}`).join("\n");
    return `nsomem (${version}) stable; urgency=medium\n\n${lines}\n\n -- ${maintainer}  ${when}\n`;
  });
  return entries.join("\n");
}

/** As the %changelog of a spec file wants it. */
export function rpmChangelog(list: readonly Release[], maintainer: string): string {
  const entries = list.map(({ version, date, changes }) => {
    const [weekday, day, month, year] = new Date(`${date}T12:00:00Z`).toUTCString().split(/,? /);
    // A per cent sign begins a macro.
    const lines = changes.map((change) => `- ${change.replaceAll("%", "%%")}`).join("\n");
    return `* ${weekday} ${month} ${day} ${year} ${maintainer} - ${version}-1\n${lines}\n`;
  });
  return entries.join("\n");
}
