/** The help as a terminal shows it: the list of all commands in their groups, or the page of one. */

import { usageError } from "../../core/errors.ts";
import { hint } from "../../core/hint.ts";
import { shown } from "../../core/shown.ts";
import { commit, version } from "../../core/version.ts";
import { colours, wantsColour } from "../../ui/colour.ts";
import { type CommandEntries, type CommandGroups, commandsOf } from "../commands/entry.ts";
import { aliases, unknownCommand } from "../other-names.ts";
import { describedCommands } from "./described.ts";
import { type Block, commandBlocks } from "./document.ts";
import { parseMarkdown } from "./markdown.ts";
import { columnsMax, type PageLook, terminalPage } from "./terminal-page.ts";
import { topics } from "./topics.ts";

/** The page of `words`, such as `incidents show` or `migrate`; without words the list. Throws NsomemError USAGE. */
export async function helpPage(all: CommandGroups, words: readonly string[]): Promise<string> {
  const [first, ...rest] = words;
  if (first === undefined) return overview(all);
  const alias = Object.hasOwn(aliases, first) ? aliases[first] : undefined;
  const [name = "", ...parts] = [...(alias?.split(" ") ?? [first]), ...rest];
  if (name === "--version") return overview(all);
  const commands = commandsOf(all);
  const topic = parts.length === 0 && Object.hasOwn(topics, name) ? topics[name] : undefined;
  if (topic !== undefined) return topicPage(topic);
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!entry) throw unknownCommand("", [name], Object.keys(commands));
  const path = [name, ...parts].join(" ");
  const described = (await describedCommands(name, entry, all)).find((one) => one.path === path);
  if (!described)
    throw entry.parts
      ? unknownCommand(name, parts, Object.keys(entry.parts))
      : usageError(`nsomem ${name} has no parts, so there is no help for "${shown(parts.join(" "))}"`);
  const { summary } = described.description;
  const head = `nsomem ${path}: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
  return terminalPage([{ paragraph: head }, ...commandBlocks(described)], look());
}

function topicPage(markdown: string): string {
  const { title, blocks } = parseMarkdown(markdown);
  return terminalPage([{ heading: title }, ...blocks], look());
}

/** The commands of every day, for below the first screen: with it they fit a terminal of 24 lines. */
export function shortHelp(all: CommandGroups): string {
  const [first] = Object.entries(all);
  return terminalPage(
    [...(first ? groupOf(first) : []), { paragraph: `${hint("help")} lists all commands.` }],
    look(),
  );
}

function groupOf([heading, entries]: [string, CommandEntries]): Block[] {
  return [
    { heading },
    { definitions: Object.entries(entries).map(([name, { summary }]) => [name, summary] as const) },
  ];
}

function overview(all: CommandGroups): string {
  const blocks: Block[] = [
    { paragraph: `nsomem ${version} (${commit}): memory rescue for Cisco NSO` },
    { heading: "Usage" },
    { literal: "nsomem COMMAND [options]" },
    ...Object.entries(all).flatMap(groupOf),
    { heading: "To read" },
    {
      definitions: Object.entries(topics).map(([name, text]) => [`help ${name}`, parseMarkdown(text).title]),
    },
    { paragraph: `${hint("help COMMAND")} says more of one; nsomem --version, which nsomem this is.` },
  ];
  return terminalPage(blocks, look());
}

function look(): PageLook {
  return {
    columns: process.stdout.columns || columnsMax,
    colour: colours(wantsColour(1, process.env)),
  };
}
