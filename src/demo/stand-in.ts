/**
 * The demo's stand-in for NSO's core (not NSO): this program under NSO's command line. It holds real memory on
 * command, and on SIGUSR1 writes a labelled file in place of a crash dump and exits with 1, as a BEAM does.
 */

import { appendFileSync, writeFileSync } from "node:fs";
import { wallMs } from "../linux/host-clock.ts";

const pieceBytes = 16 * 1024 * 1024;
const pageBytes = 4096;
/** Slow enough to be seen. A BEAM takes 2 to 50 s for its dump (facts 3.2). */
const dumpSteps = 15;
const dumpStepMs = 100;

/**
 * Obeys lines `hold MIB` (in all) and answers `held MIB`. Returns the exit code: 1 after SIGUSR1; 0 when stdin ends, as
 * it does however the demo ends.
 */
export async function runStandIn(): Promise<number> {
  const held: Uint8Array[] = [];
  const dumped = new Promise<number>((resolve) => {
    process.on("SIGUSR1", () => void writeDump(held.length).then(() => resolve(1)));
  });
  console.log("ready");
  return await Promise.race([dumped, obey(held)]);
}

async function obey(held: Uint8Array[]): Promise<number> {
  for await (const line of console) {
    const mib = Number(/^hold (\d+)$/.exec(line)?.[1]);
    if (Number.isNaN(mib)) continue;
    while (held.length * pieceBytes < mib * 1024 ** 2) held.push(touchedPiece());
    console.log(`held ${mib}`);
  }
  return 0;
}

/** Every page written: memory that is only reserved does not count as used. */
function touchedPiece(): Uint8Array {
  const piece = new Uint8Array(pieceBytes);
  for (let at = 0; at < pieceBytes; at += pageBytes) piece[at] = 1;
  return piece;
}

/** Such as "Sat Nov 28 19:45:57 2026", as the second line of a dump has it. */
function erlangDate(): string {
  const [day, month, date, year, time] = new Date(wallMs()).toString().split(" ");
  return [day, month, date, time, year].join(" ");
}

async function writeDump(pieces: number): Promise<void> {
  const path = process.env.NCS_DUMP ?? "ncs_crash.dump";
  writeFileSync(
    path,
    `=erl_crash_dump:0.5\n${erlangDate()}\nSlogan: Received SIGUSR1\nSystem version: nsomem's demo stand-in, not NSO\n`,
    { mode: 0o640 },
  );
  for (let step = 1; step <= dumpSteps; step++) {
    appendFileSync(path, `=proc:<0.${step}.0>\nState: stand-in\nPieces of 16 MiB held: ${pieces}\n`);
    await Bun.sleep(dumpStepMs);
  }
  appendFileSync(path, "=end\n");
}
