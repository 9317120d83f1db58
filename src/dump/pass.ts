/** One pass over the sections of a dump: which are figures, which are contents, and whose. */

import { indexWithin, pidKeyAt } from "./bytes.ts";
import type { Collected } from "./collected.ts";
import { type Contents, contentTags, createContents } from "./contents.ts";
import type { Piece } from "./mark.ts";
import { createProcessReader, type ReadProcess } from "./process-section.ts";
import type { SectionTaker } from "./sections.ts";
import { smallBytesMax, smallSections } from "./small-sections.ts";

export interface PassOptions {
  /** Stops where the contents begin: all figures stand before them, in a part of some MB. */
  isLedgerOnly: boolean;
}

const colon = 58;
const underscore = 95;
const lessThan = 60;
const lineBytesMax = 1200;
/** Sections of one process, by the byte behind `proc_`. */
const contentsByLetter: Record<number, string> = {
  100: "proc_dictionary",
  104: "proc_heap",
  109: "proc_messages",
  115: "proc_stack",
};
/** Others that a dump has: by these a file is known for one whose beginning is damaged. */
const otherTags =
  /^(?:hash_table|dirty_\w+|node|visible_node|hidden_node|no_distribution|loaded_modules|fun|persistent_terms|end)$/;

export class DumpPass implements SectionTaker {
  private readonly readProcess: ReadProcess;
  private contents: Contents | undefined;
  /** What takes the lines of the current section. */
  private part: "process" | "contents" | "small" | "none" = "none";
  private row = -1;
  private id = "";
  private text = "";

  constructor(
    private readonly collected: Collected,
    private readonly options: PassOptions,
  ) {
    this.readProcess = createProcessReader(collected.names);
  }

  begin(buffer: Buffer, from: number, to: number): "take" | "binary" | "stop" {
    this.endSection();
    this.collected.sections++;
    if (isProcessLine(buffer, from)) return this.beginProcess(buffer, from, to);
    const line = buffer.toString("utf8", from, Math.min(to, from + lineBytesMax));
    const colonAt = line.indexOf(":");
    const tag = colonAt < 0 ? line : line.slice(0, colonAt);
    this.name(tag, -1);
    this.id = colonAt < 0 ? "" : line.slice(colonAt + 1);
    this.text = "";
    if (tag === "end") this.collected.isLedgerComplete = true;
    if (contentTags.has(tag)) {
      const answer = this.beginContents();
      return answer === "take" && tag === "binary" ? "binary" : answer;
    }
    if (smallSections.has(tag)) this.part = "small";
    else if (!otherTags.test(tag)) this.collected.sections--;
    return "take";
  }

  take(piece: Piece, from: number, to: number): void {
    switch (this.part) {
      case "process":
        this.readProcess(this.collected.processes.columns, this.row, piece.buffer, from, to);
        break;
      case "contents":
        this.contents?.take(piece, from, to);
        break;
      case "small":
        if (this.text.length < smallBytesMax)
          this.text += piece.buffer.toString("utf8", from, Math.min(to, from + smallBytesMax));
        break;
      case "none":
    }
  }

  /** All sections were taken. */
  finish(): void {
    this.endSection();
    this.collected.processes.close();
  }

  /** `proc:<0.1.0>`, `proc_heap:<0.1.0>`: most sections are these, and no text is made of their lines. */
  private beginProcess(buffer: Buffer, from: number, to: number): "take" | "stop" {
    const pid = pidKeyAt(buffer, Math.max(from, indexWithin(buffer, lessThan, from, to)), to);
    if (buffer[from + 4] === colon) {
      this.name("proc", pid);
      this.part = "process";
      this.row = this.collected.processes.add(pid);
      return "take";
    }
    this.name(contentsByLetter[buffer[from + 5] ?? 0] ?? "", pid);
    return this.beginContents();
  }

  private beginContents(): "take" | "stop" {
    const { collected } = this;
    collected.isLedgerComplete = true;
    if (this.options.isLedgerOnly) return "stop";
    this.contents ??= createContents(collected);
    this.part = "contents";
    this.contents.begin(
      collected.lastTag,
      collected.lastPid < 0 ? -1 : collected.processes.find(collected.lastPid),
    );
    return "take";
  }

  private name(tag: string, pid: number): void {
    this.collected.lastTag = tag;
    this.collected.lastPid = pid;
  }

  private endSection(): void {
    if (this.part === "small")
      smallSections.get(this.collected.lastTag)?.(this.collected, this.text, this.id);
    this.part = "none";
  }
}

const p = 112;
const r = 114;
const o = 111;
const c = 99;

function isProcessLine(buffer: Buffer, from: number): boolean {
  const isProc =
    buffer[from] === p && buffer[from + 1] === r && buffer[from + 2] === o && buffer[from + 3] === c;
  if (!isProc) return false;
  const next = buffer[from + 4];
  return next === colon || (next === underscore && contentsByLetter[buffer[from + 5] ?? 0] !== undefined);
}
