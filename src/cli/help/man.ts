/** The man page: everything that the help says, on one page. */

import { version } from "../../core/version.ts";
import type { CommandGroups } from "../commands/entry.ts";
import { describedCommands } from "./described.ts";
import { commandBlocks, type DescribedCommand } from "./document.ts";
import { parseMarkdown } from "./markdown.ts";
import { topics } from "./topics.ts";
import { type ManSection, manPage } from "./troff.ts";

export async function manual(all: CommandGroups): Promise<string> {
  const groups = Object.entries(all).map(async ([heading, entries]): Promise<ManSection> => {
    const described = Object.entries(entries).map(([name, entry]) => describedCommands(name, entry, all));
    return { title: heading, blocks: [], parts: (await Promise.all(described)).flat().map(commandPart) };
  });
  return manPage(
    ["NSOMEM", "1", "", `nsomem ${version}`, "User Commands"],
    [
      { title: "Name", blocks: [{ paragraph: "nsomem - memory rescue for Cisco NSO" }] },
      {
        title: "Synopsis",
        blocks: [{ paragraph: "`nsomem` COMMAND [options]" }, { paragraph: "`nsomem help` [COMMAND]" }],
      },
      {
        title: "Description",
        blocks: [
          {
            paragraph:
              "nsomem runs beside Cisco NSO and measures physical and committed memory. When it gets tight it takes debug dumps, and before the OOM killer takes NSO without one, it makes NSO write its crash dump and helps that dump to finish. At 90 % of the limit that is the warning, at 95 % critical.",
          },
        ],
      },
      ...(await Promise.all(groups)),
      ...Object.values(topics).map((text): ManSection => {
        const { title, blocks } = parseMarkdown(text);
        return { title, blocks };
      }),
    ],
  );
}

function commandPart(command: DescribedCommand) {
  const summary = `${command.description.summary}.`;
  // The sub-section's own title takes the place of the heading of its usage.
  const [, ...blocks] = commandBlocks(command);
  return { title: `nsomem ${command.path}`, blocks: [{ paragraph: summary }, ...blocks] };
}
