/**
 * The pages of the help that are written as Markdown, so that they can be read where the sources are too: headings,
 * paragraphs, lists, tables and code blocks, each as a block. Own code: 60 lines for the little that is used, and
 * nothing that renders Markdown makes man pages of the same blocks.
 */

import type { Block, Definition } from "./document.ts";

export interface MarkdownPage {
  /** Of its first line, `# Title`. */
  title: string;
  blocks: Block[];
}

export function parseMarkdown(text: string): MarkdownPage {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  const blocks: Block[] = [];
  let open: string[] = [];
  const close = () => {
    if (open.length > 0) blocks.push(blockOf(open));
    open = [];
  };
  let isLiteral = false;
  for (const line of lines) {
    if (line.startsWith("```")) {
      if (isLiteral) blocks.push({ literal: open.splice(0).join("\n") });
      else close();
      isLiteral = !isLiteral;
    } else if (isLiteral) open.push(line);
    else if (line === "") close();
    else open.push(line);
  }
  close();
  return { title: head.replace(/^# /, ""), blocks };
}

/** Of lines without an empty one between them. */
function blockOf(lines: string[]): Block {
  const [first = ""] = lines;
  if (first.startsWith("## ")) return { heading: first.slice(3) };
  if (first.startsWith("|")) return { definitions: rowsOf(lines) };
  if (first.startsWith("- ")) return { list: lines.join("\n").split(/^- /m).slice(1).map(joined) };
  return { paragraph: joined(lines.join("\n")) };
}

/** The first column is the term. Of several others each is named by its head, and an empty one is left out. */
function rowsOf(lines: string[]): Definition[] {
  const [head = [], , ...rows] = lines.map(cellsOf);
  return rows.map(([term = "", ...cells]) => {
    const named = cells.flatMap((cell, column) => {
      const name = head[column + 1] ?? "";
      return cell === "" ? [] : [cells.length > 1 && name !== "" ? `${name}: ${cell}` : cell];
    });
    return [term, named.join("; ")];
  });
}

function cellsOf(row: string): string[] {
  return row
    .replace(/^\||\|$/g, "")
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

function joined(text: string): string {
  return text.trim().replace(/\n\s*/g, " ");
}
