/** A dump's text read as the product reads it: from a file. */

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDump } from "../../src/dump/read-dump.ts";
import type { DumpSummary } from "../../src/dump/summary.ts";

export async function readText(
  text: string | Uint8Array,
  { isLedgerOnly = false } = {},
): Promise<DumpSummary> {
  const dir = mkdtempSync(join(tmpdir(), "nsomem-dump-"));
  const path = join(dir, "erl_crash.dump");
  try {
    writeFileSync(path, typeof text === "string" ? Buffer.from(text, "utf8") : text);
    const descriptor = openSync(path, "r");
    try {
      return await readDump(descriptor, { name: "the dump", isLedgerOnly });
    } finally {
      closeSync(descriptor);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}
