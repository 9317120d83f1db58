/** A real BEAM under NSO's command line, taking and giving back memory on command; writes a real crash dump. */

import { copyFileSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { cached, compile, labFile } from "./cache.ts";
import { coreArguments } from "./command-line.ts";
import { missingCommand } from "./missing.ts";
import { type Part, startPart, until, withDeadline } from "./part.ts";

/** Why no BEAM can be had here, or undefined. */
export const beamMissing: string | undefined = missingCommand("erl", "erlc");

/**
 * Where the memory is held, which decides how long the crash dump takes: `table` a second whatever the size,
 * `heap` 16 s a GB, `process` (binaries of a process) 50 s a GB (facts 3.2).
 */
export type Holding = "table" | "heap" | "process";

export interface Beam extends Omit<Part, "say" | "line"> {
  /** Takes `mib` MiB more at `mibPerSecond`, every page touched. Resolves when held; rejects when the BEAM ends. */
  grow(request: { mib: number; mibPerSecond?: number; holding?: Holding; timeoutMs?: number }): Promise<void>;
  /** Gives back all it took. */
  free(): Promise<void>;
}

export interface BeamOptions {
  /** Its run directory: its working directory, where erl_crash.dump goes. */
  dir: string;
  conffile?: string;
  env?: Record<string, string>;
  /** Further flags of the emulator: `-heart`. */
  flags?: string[];
  /** What stands before the command and ends in exec: `setpriv --reuid nobody …`. */
  prefix?: string[];
  /** Runs from a copy of the lab's NSO root that this made: for another user, with a file capability. */
  relocate?: (root: string) => string;
}

/** Starts a BEAM and waits until it answers. */
export async function startBeam({
  dir,
  conffile,
  env,
  flags = [],
  prefix = [],
  relocate,
}: BeamOptions): Promise<Beam> {
  const { otpBin, root: labRoot } = beamRoot();
  const root = relocate?.(labRoot) ?? labRoot;
  mkdirSync(dir, { recursive: true });
  const socketPath = join(dir, `lab-${++started}.sock`);
  const [first = "", ...rest] = [
    ...prefix,
    join(root, "erts/bin/ncs.smp"),
    ...withFlags(coreArguments({ root, bindir: otpBin, conffile }), flags),
  ];
  const part = startPart({
    command: [first, ...rest],
    cwd: dir,
    // What `erl` and NSO's start script set for the emulator.
    env: {
      ROOTDIR: root,
      BINDIR: otpBin,
      EMU: "beam",
      PROGNAME: "ncs",
      PATH: `${otpBin}:${process.env.PATH}`,
      LAB_CORE_SOCKET: socketPath,
      ...env,
    },
  });
  try {
    const channel = await connect(socketPath, part);
    return {
      ...part,
      async grow({ mib, mibPerSecond = 1000, holding = "table", timeoutMs = 120_000 }) {
        await channel.ask(`grow ${holding} ${mibPerSecond} ${mib}`, timeoutMs);
      },
      free: async () => void (await channel.ask("free", 20_000)),
      async stop() {
        channel.close();
        await part.stop();
      },
    };
  } catch (error) {
    await part.stop();
    throw error;
  }
}

/** Where `erl` puts them. */
function withFlags(words: readonly string[], flags: readonly string[]): string[] {
  return words.toSpliced(words.indexOf("-noshell"), 0, ...flags);
}

let started = 0;

interface Channel {
  ask(command: string, timeoutMs: number): Promise<string>;
  close(): void;
}

async function connect(path: string, part: Part): Promise<Channel> {
  let answered: PromiseWithResolvers<string> | undefined;
  let rest = "";
  const gone = () => answered?.reject(new Error(`the BEAM (PID ${part.pid}) ended before it answered`));
  const socket = await until("the BEAM's control socket", async () => {
    if (!part.isRunning()) throw new Error(`the BEAM (PID ${part.pid}) ended: ${await part.line()}`);
    return await Bun.connect({
      unix: path,
      socket: {
        data(_, data) {
          rest += data.toString();
          const end = rest.indexOf("\n");
          if (end < 0) return;
          answered?.resolve(rest.slice(0, end));
          rest = rest.slice(end + 1);
        },
        close: gone,
      },
    }).catch(() => undefined);
  });
  return {
    async ask(command, timeoutMs) {
      answered = Promise.withResolvers<string>();
      socket.write(`${command}\n`);
      return await withDeadline(answered.promise, timeoutMs, `the BEAM to answer "${command}"`);
    },
    close: () => socket.end(),
  };
}

/** NSO's layout around the machine's own emulator, made once: lib/ncs/erts/bin/ncs.smp, bin/ncs.boot. */
function beamRoot(): { root: string; otpBin: string } {
  const otp = dirname(dirname(realpathSync(Bun.which("erl") ?? "erl")));
  const erts = readdirSync(otp).find((name) => name.startsWith("erts-"));
  if (!erts) throw new Error(`${otp} holds no erts-*: not an Erlang installation that the lab knows`);
  const otpBin = join(otp, erts, "bin");
  const cleanBoot = join(otp, "bin/start_clean.boot");
  const dir = cached("beam", [labFile("lab_core.erl"), cleanBoot], (partial) => {
    const root = join(partial, "lib/ncs");
    for (const name of ["erts/bin", "bin", "lab"]) mkdirSync(join(root, name), { recursive: true });
    // A copy, not a link: /proc/PID/exe and the process name are then NSO's too.
    copyFileSync(join(otpBin, "beam.smp"), join(root, "erts/bin/ncs.smp"));
    symlinkSync(join(otp, "lib"), join(root, "lib"));
    compile(["erlc", "-o", join(root, "lab"), labFile("lab_core.erl")]);
    const makeBoot = `lab_core:make_boot(${JSON.stringify(cleanBoot)}, ${JSON.stringify(join(root, "bin/ncs.boot"))}), halt(0).`;
    compile(["erl", "-noshell", "-pa", join(root, "lab"), "-eval", makeBoot]);
  });
  return { root: join(dir, "lib/ncs"), otpBin };
}
