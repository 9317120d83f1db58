/** `nsomem import` of 500 MB as plot.sh leaves them: eight processes, a million ticks. */

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nsomem } from "../e2e/binary.ts";
import { atMost, type Figure } from "./figure.ts";

const files = [
  "ncs.smp/mem_ncs.smp.log",
  "NcsJVMLauncher/mem_NcsJVMLauncher.log",
  ...Array.from({ length: 6 }, (_, index) => `python3/mem_service-${index}.log`),
];
const ticks = 1_000_000;

export async function importFigures(): Promise<Figure[]> {
  console.log("import of 500 MB");
  const dir = mkdtempSync(join(tmpdir(), "nsomem-import-"));
  try {
    const bytes = files.reduce((total, file) => total + writeTicks(join(dir, "data", file)), 0);
    const startedMs = performance.now();
    const child = Bun.spawn(
      [nsomem, "import", "--home", dir, ...files.map((file) => join(dir, "data", file))],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    if ((await child.exited) !== 0) throw new Error("nsomem import failed");
    const tookS = (performance.now() - startedMs) / 1000;
    const name = `import of ${(bytes / 1e6).toFixed(0)} MB`;
    const peakMb = (child.resourceUsage()?.maxRSS ?? Number.NaN) / 1e6;
    return [atMost(name, tookS, 10, "s"), atMost(`${name}: peak RSS`, peakMb, 200, "MB")];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Returns the size of the file in bytes. */
function writeTicks(path: string): number {
  mkdirSync(join(path, ".."), { recursive: true });
  const file = openSync(path, "wx");
  let bytes = 0;
  let text = "";
  const two = (value: number) => String(value).padStart(2, "0");
  for (let tick = 0; tick < ticks; tick++) {
    const second = tick % 86_400;
    const clock = [second / 3600, (second / 60) % 60, second % 60].map((part) => two(Math.floor(part)));
    const committedKib = 8_115_420 + (tick % 5000);
    text += `${clock.join(":")} ${42_244 + (tick % 100_000)} ${57_252 + (tick % 9999)} ${committedKib} 12342048 ${14_078_960 + (tick % 70_000)} 24684096 8571\n`;
    if (text.length < 1e6 && tick + 1 < ticks) continue;
    bytes += writeSync(file, text);
    text = "";
  }
  closeSync(file);
  return bytes;
}
