/** A crash dump read from an open descriptor, in one pass and bounded memory (facts 6.1). */

import { fstatSync, readSync } from "node:fs";
import { NsomemError } from "../core/errors.ts";
import { endingOfTail } from "../linux/dump-file.ts";
import { type Collected, createCollected } from "./collected.ts";
import { DumpPass } from "./pass.ts";
import { readSections } from "./sections.ts";
import { gzipSource, plainSource } from "./source.ts";
import { summarise } from "./summarise.ts";
import type { DumpSummary } from "./summary.ts";

export interface ReadDumpOptions {
  /** What errors call it. */
  name: string;
  isLedgerOnly: boolean;
  /** So many bytes of the file, or of what is compressed in it, have been read. */
  onRead?: ((bytes: number) => void) | undefined;
}

/** The first line begins so. */
const firstWord = "=erl_crash_dump:";
/** A dump whose beginning is damaged has sections within this. */
const headBytes = 1024 * 1024;
const tailBytes = 256;

/** Throws NsomemError DUMP naming the file where it is no crash dump at all, and what read(2) says. */
export async function readDump(
  descriptor: number,
  { name, isLedgerOnly, onRead }: ReadDumpOptions,
): Promise<DumpSummary> {
  const { size: bytes } = fstatSync(descriptor);
  const head = textAt(descriptor, 0, Math.min(bytes, headBytes));
  const isGzip = head.startsWith("\x1f\x8b");
  if (bytes === 0) throw notADump(name, "it is empty");
  if (!isGzip && !isDumpHead(head)) throw notADump(name, `its first line is not "${firstWord}…"`);
  const opened = isGzip ? gzipSource(descriptor, bytes) : plainSource(descriptor, bytes);
  const source = {
    ...opened,
    read: (buffer: Buffer, from: number) => {
      onRead?.(opened.position());
      return opened.read(buffer, from);
    },
  };
  const collected = createCollected();
  const pass = new DumpPass(collected, { isLedgerOnly });
  await readSections(source, pass);
  pass.finish();
  if (collected.sections === 0) throw notADump(name, "what is compressed in it is none");
  const ending = isGzip ? endingOfPass(collected) : endingOfFile(descriptor, bytes);
  return summarise(collected, { bytes, isGzip, isLedgerOnly, ending });
}

function isDumpHead(head: string): boolean {
  return (
    head.startsWith(firstWord) ||
    /\n=(?:memory|proc:<\d+\.\d+\.\d+>|proc_heap:<\d+\.\d+\.\d+>|allocated_areas)\n/.test(head)
  );
}

function endingOfFile(descriptor: number, bytes: number): DumpSummary["ending"] {
  return endingOfTail(textAt(descriptor, Math.max(0, bytes - tailBytes), Math.min(bytes, tailBytes)));
}

/** Of a compressed one only its last section is known. */
function endingOfPass({ lastTag }: Collected): DumpSummary["ending"] {
  if (lastTag === "end") return "complete";
  return lastTag === "abort" ? "aborted" : "cut";
}

function textAt(descriptor: number, at: number, length: number): string {
  const buffer = Buffer.alloc(length);
  const got = readSync(descriptor, buffer, 0, length, at);
  return buffer.toString("latin1", 0, got);
}

function notADump(name: string, why: string): NsomemError {
  return new NsomemError("DUMP", `${name} is no crash dump of Erlang: ${why}`);
}
