/** A crash dump of a real BEAM with the live values that it said right before. */

import { beamMissing } from "./beam.ts";
import { cached, compile, labFile } from "./cache.ts";

export const dumpedBeamMissing = beamMissing;

export interface DumpedBeam {
  dump: string;
  /** Lines such as `process <0.80.0> 2640 0 event_sink lab_dump:sink/0`. */
  live: string[];
}

/** Writes `dump`. `mib` of each kind of contents; `bytesMax` cuts it, as ERL_CRASH_DUMP_BYTES does. */
export async function dumpBeam(
  dump: string,
  { mib, bytesMax }: { mib: number; bytesMax?: number },
): Promise<DumpedBeam> {
  const lab = cached("dumped-beam", [labFile("lab_dump.erl")], (dir) => {
    compile(["erlc", "-o", dir, labFile("lab_dump.erl")]);
  });
  const limit = bytesMax === undefined ? {} : { ERL_CRASH_DUMP_BYTES: String(bytesMax) };
  const child = Bun.spawn(
    ["erl", "-noshell", "-boot", "start_clean", "-pa", lab, "-run", "lab_dump", "main", String(mib)],
    {
      env: { ...process.env, ERL_CRASH_DUMP: dump, ...limit },
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 150_000,
      killSignal: "SIGKILL",
    },
  );
  const text = await new Response(child.stdout).text();
  await child.exited;
  return { dump, live: text.split("\n").filter((line) => line !== "") };
}
