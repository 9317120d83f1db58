/** vm.overcommit_memory and vm.overcommit_ratio for the time of a test; put back however the test process ends. */

import { readFileSync, writeFileSync } from "node:fs";

export interface Overcommit {
  mode: 0 | 1 | 2;
  /** Percent of RAM that CommitLimit is made of in mode 2. */
  ratio: number;
}

const modeFile = "/proc/sys/vm/overcommit_memory";
const ratioFile = "/proc/sys/vm/overcommit_ratio";

export function readOvercommit(): Overcommit {
  const mode = Number(readFileSync(modeFile, "utf8"));
  return { mode: mode === 2 ? 2 : mode === 1 ? 1 : 0, ratio: Number(readFileSync(ratioFile, "utf8")) };
}

/** Why it cannot be set here, or undefined. Tried by writing back what is there. */
export function overcommitMissing(): string | undefined {
  try {
    writeFileSync(modeFile, String(readOvercommit().mode));
    return undefined;
  } catch {
    return "vm.overcommit_memory may not be set here";
  }
}

/** Runs `run` under these settings. In mode 2 give a ratio far above need: the whole host lives under it. */
export async function withOvercommit<T>(settings: Overcommit, run: () => Promise<T>): Promise<T> {
  const before = readOvercommit();
  const restore = () => write(before);
  const onSignal = () => {
    restore();
    process.exit(1);
  };
  process.on("exit", restore);
  for (const signal of endSignals) process.on(signal, onSignal);
  try {
    write(settings);
    return await run();
  } finally {
    restore();
    process.off("exit", restore);
    for (const signal of endSignals) process.off(signal, onSignal);
  }
}

const endSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The ratio first when entering mode 2, so that no moment has a limit below what is committed. */
function write({ mode, ratio }: Overcommit): void {
  const order = mode === 2 ? [ratioFile, modeFile] : [modeFile, ratioFile];
  for (const file of order) writeFileSync(file, String(file === ratioFile ? ratio : mode));
}
