/** `nsomem import` of 500 MB as plot.sh leaves them: eight processes, a million ticks. */

import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDataLine } from "../../src/record/data-line.ts";
import { nsomem } from "../e2e/binary.ts";
import { generator } from "../report/sample-history.ts";
import { atMost, type Figure, percentile } from "./figure.ts";
import { watchPeak } from "./peak.ts";

const ticks = 1_000_000;
const runs = 3;

export async function importFigures(): Promise<Figure[]> {
  console.log("import of 500 MB");
  const dir = mkdtempSync(join(tmpdir(), "nsomem-import-"));
  try {
    const { files, bytes } = writeRecording(join(dir, "data"));
    const taken: Awaited<ReturnType<typeof importInto>>[] = [];
    for (let run = 0; run < runs; run++) taken.push(await importInto(join(dir, `home-${run}`), files));
    const middle = (of: "seconds" | "peakMb") =>
      percentile(
        taken.map((one) => one[of]),
        0.5,
      );
    const name = `import of ${(bytes / 1e6).toFixed(0)} MB`;
    return [
      atMost(name, middle("seconds"), 10, "s"),
      atMost(`${name}: peak RSS`, middle("peakMb"), 200, "MB"),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function importInto(home: string, files: readonly string[]) {
  const startedMs = performance.now();
  const child = Bun.spawn([nsomem, "import", "--home", home, ...files], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const peak = watchPeak(child.pid);
  if ((await child.exited) !== 0) throw new Error("nsomem import failed");
  const taken = { seconds: (performance.now() - startedMs) / 1000, peakMb: peak.stop() };
  rmSync(home, { recursive: true, force: true });
  return taken;
}

/** A process of the recording, as it is now. */
interface Recorded {
  file: number;
  path: string;
  pid: number;
  rssKib: number;
  allocatedKib: number;
  /** In KiB a tick, at most. */
  step: number;
  /** For so many ticks it is not there. */
  absentFor: number;
}

/** Sizes wander, a VM is started anew now and then, one second in some thousand is left out, and a line is cut. */
function writeRecording(dir: string): { files: string[]; bytes: number } {
  const random = generator(20251123);
  const processes = [
    { name: "ncs.smp/mem_ncs.smp.log", kib: 2_100_000 },
    { name: "NcsJVMLauncher/mem_NcsJVMLauncher.log", kib: 950_000 },
    ...Array.from({ length: 6 }, (_, index) => ({ name: `python3/mem_service-${index}.log`, kib: 44_000 })),
  ].map(({ name, kib }, index): Recorded => {
    const path = join(dir, name);
    mkdirSync(join(path, ".."), { recursive: true });
    const sizes = { rssKib: kib, allocatedKib: kib * 1.2, step: kib / 200 };
    return { file: openSync(path, "wx"), path, pid: 8571 + index, ...sizes, absentFor: 0 };
  });
  const texts = processes.map(() => "");
  let bytes = 0;
  let clockSeconds = 48_958;
  for (let tick = 0; tick < ticks; tick++) {
    clockSeconds = (clockSeconds + (random() < 0.0003 ? 2 : 1)) % 86_400;
    for (const one of processes) wander(one, random);
    const [used, committed] = [sumOf(processes, "rssKib"), sumOf(processes, "allocatedKib")];
    const host = { memUsedKib: used + 9_000_000, memTotalKib: 24_684_096 };
    const commit = { committedKib: committed + 3_500_000, commitLimitKib: 12_342_048 };
    for (const [index, { absentFor, rssKib, allocatedKib, pid }] of processes.entries()) {
      const isThere = absentFor === 0;
      const own = isThere ? { rssKib, allocatedKib, pid } : { rssKib: 0, allocatedKib: 0 };
      const line = formatDataLine({ clockSeconds, ...own, ...commit, ...host });
      texts[index] += random() < 1e-6 ? `${line.slice(0, 20)}\n` : `${line}\n`;
    }
    if (tick % 10_000 !== 0 && tick + 1 < ticks) continue;
    for (const [index, { file }] of processes.entries()) bytes += writeSync(file, texts[index] ?? "");
    texts.fill("");
  }
  for (const { file } of processes) closeSync(file);
  return { files: processes.map(({ path }) => path), bytes };
}

function wander(one: Recorded, random: () => number): void {
  if (one.absentFor > 0) one.absentFor--;
  else if (random() < 0.000_005) {
    one.absentFor = 20;
    one.pid += 1000;
  }
  // The kernel counts pages of 4 KiB, and most seconds nothing changes.
  if (random() < 0.6) return;
  const changeKib = Math.round(((random() - 0.5) * one.step) / 4) * 4;
  one.rssKib = Math.max(20_000, one.rssKib + changeKib);
  one.allocatedKib = Math.max(one.rssKib, one.allocatedKib);
}

function sumOf(processes: readonly Recorded[], of: "rssKib" | "allocatedKib"): number {
  return processes.reduce((sum, one) => sum + (one.absentFor === 0 ? one[of] : 0), 0);
}
