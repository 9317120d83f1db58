/** The help fits its terminal: no line is longer, and no word is broken. */

import { afterAll, describe, expect, test } from "bun:test";
import { commandsOf } from "../../../src/cli/commands/entry.ts";
import { groups } from "../../../src/cli/commands.ts";
import { describedCommands } from "../../../src/cli/help/described.ts";
import { helpPage, shortHelp } from "../../../src/cli/help/help-page.ts";
import { parseMarkdown } from "../../../src/cli/help/markdown.ts";
import { definitionLines, terminalPage } from "../../../src/cli/help/terminal-page.ts";
import { topics } from "../../../src/cli/help/topics.ts";
import { aliases } from "../../../src/cli/other-names.ts";
import { colours } from "../../../src/ui/colour.ts";

const { columns } = process.stdout;
afterAll(() => Object.assign(process.stdout, { columns }));

const entries = Object.values(groups).flatMap((group) => Object.entries(group));
const paths = (
  await Promise.all(entries.map(async ([name, entry]) => await describedCommands(name, entry, groups)))
)
  .flat()
  .map(({ path }) => path.split(" "));

/** What is shown as it is stands in a page line by line, so a narrow terminal may cut it. */
const topicPaths = Object.keys(topics).map((name) => [name]);

async function pageAt(width: number, words: readonly string[]): Promise<string> {
  Object.assign(process.stdout, { columns: width });
  return Bun.stripANSI(await helpPage(groups, words));
}

describe.each([60, 80, 200])("at %d columns", (width) => {
  test("every page fits, in at most 80 columns and in ASCII", async () => {
    for (const words of [[], ...paths]) {
      const page = await pageAt(width, words);
      const tooLong = page.split("\n").filter((line) => line.length > Math.min(width, 80));
      expect([words, tooLong]).toEqual([words, []]);
      expect(page).toMatch(/^[\x20-\x7e\n]+$/);
    }
  });

  test("every page has the same words", async () => {
    for (const words of [[], ...paths]) {
      const wordsOf = (page: string) => page.split(/\s+/).filter((word) => word !== "");
      expect(wordsOf(await pageAt(width, words)).toSorted()).toEqual(
        wordsOf(await pageAt(1000, words)).toSorted(),
      );
    }
  });
});

describe("a page to read", () => {
  test.each(topicPaths)("%s fits into 80 columns, in ASCII", async (name) => {
    const page = await pageAt(80, [name]);
    expect(page.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(page).toMatch(/^[\x20-\x7e\n]+$/);
    // Code as it is may have them.
    expect(page.replaceAll(/^ {2}.*$/gm, "")).not.toContain("`");
  });

  test.each(topicPaths)("%s is in the list, and no command", async (name) => {
    expect(await pageAt(80, [])).toContain(`\n  help ${name} `);
    expect(name in commandsOf(groups)).toBe(false);
  });

  test("of who comes from the original toolset has every callback, and is short enough to read", async () => {
    const page = await pageAt(80, ["migrate"]);
    for (const name of ["info", "warning", "crit"].flatMap((level) => [`${level}_phy`, `${level}_alloc`]))
      expect(page).toMatch(new RegExp(`^  ${name} `, "m"));
    for (const words of ["callbacks.py", "make start_backend", "nsomem import", "MemFree"])
      expect(page).toContain(words);
    expect(page.split("\n").length).toBeLessThan(140);
  });

  test("names commands that there are", () => {
    const named = Object.values(topics).flatMap((text) =>
      [...text.matchAll(/`nsomem ([a-z][a-z-]+)/g)].map(([, name]) => name),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !(String(name) in commandsOf(groups)))).toEqual([]);
  });

  test("has its tables as terms with their texts, each named by the head of its column", () => {
    const { title, blocks } = parseMarkdown(
      "# T\n\n| | a | b |\n|---|---|---|\n| x | 1\\|2 | |\n| y | 3 | 4 |\n\n- one\n  more\n- two\n",
    );
    expect(title).toBe("T");
    expect(blocks).toEqual([
      {
        definitions: [
          ["x", "a: 1|2"],
          ["y", "a: 3; b: 4"],
        ],
      },
      { list: ["one more", "two"] },
    ]);
  });
});

describe("below the first screen", () => {
  test("are the commands of every day alone", async () => {
    Object.assign(process.stdout, { columns: 80 });
    const page = shortHelp(groups);
    expect(page).toContain("  incidents  ");
    expect(page).not.toContain("extract");
    expect(page.split("\n").length).toBeLessThan(14);
  });
});

describe("the list", () => {
  test("has four groups, and each command in one of them", async () => {
    const page = await pageAt(80, []);
    expect(page.match(/^\S.*$/gm)?.filter((line) => Object.keys(groups).includes(line))).toEqual(
      Object.keys(groups),
    );
    for (const [name, { summary }] of entries)
      expect(page).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
  });
});

describe("the page of a command", () => {
  test("has usage, arguments, options and examples", async () => {
    const page = await pageAt(80, ["incidents", "show"]);
    expect(page).toContain("  nsomem incidents show [ID] [options]\n");
    for (const heading of ["Usage", "Arguments", "Options", "Examples"])
      expect(page).toContain(`\n${heading}\n`);
  });

  test("is found by an alias too", async () =>
    expect(await pageAt(80, ["bundle"])).toBe(await pageAt(80, ["incidents", "bundle"])));

  test("is there for every alias", async () => {
    for (const alias of Object.keys(aliases)) expect(await pageAt(80, [alias])).toStartWith("nsomem ");
  });

  test.each([
    [["strat"], 'did you mean "nsomem start"'],
    [["incidents", "shwo"], 'did you mean "nsomem incidents show"'],
    [["start", "now"], "nsomem start has no parts"],
    [["constructor"], "no command"],
  ])("%p is refused", async (words, saying) => await expect(helpPage(groups, words)).rejects.toThrow(saying));
});

describe("the layout", () => {
  test("a long term has its text below", () =>
    expect(
      definitionLines(
        [
          ["a", "one"],
          ["a-term-of-27-characters-now", "two"],
        ],
        40,
      ),
    ).toEqual(["  a     one", "  a-term-of-27-characters-now", "        two"]));

  test("a word that is longer than the line stays whole", () =>
    expect(
      terminalPage([{ paragraph: "to /a/path/that/is/long now" }], { columns: 10, colour: colours(false) }),
    ).toBe("to\n/a/path/that/is/long\nnow"));
});
