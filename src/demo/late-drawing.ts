/** The drawing that a stopped agent did not wait for: the demo does, so that its pictures are there when it ends. */

import { listPids, readArgv } from "../linux/procfs.ts";

const pollMs = 100;
/** A slow host must not hold the demo for ever. */
const drawMsMax = 60_000;

/** Waits until no process draws the graphs of `home`; when interrupted, or after a minute, those that do are ended. */
export async function waitForDrawing(
  { procDir, home }: { procDir: string; home: string },
  interrupted: AbortSignal,
): Promise<void> {
  const endsMs = performance.now() + drawMsMax;
  for (let pids = drawing(procDir, home); pids.length > 0; pids = drawing(procDir, home)) {
    if (interrupted.aborted || performance.now() > endsMs) for (const pid of pids) end(pid);
    await Bun.sleep(pollMs);
  }
}

/** A directory of this demo alone: nobody else has it among his words. */
function drawing(procDir: string, home: string): number[] {
  return listPids(procDir).filter((pid) => {
    const words = readArgv(procDir, pid) ?? [];
    return words.includes("graph") && words.includes(home);
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It ended just now.
  }
}
