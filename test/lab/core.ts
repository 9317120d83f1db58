/** A native stand-in for NSO's core that tells the nanosecond at which SIGUSR1 reached it, as no BEAM can. */

import { coreArguments, coreExecutable } from "./command-line.ts";
import { nativeProgram } from "./native.ts";
import { type Part, startPart } from "./part.ts";
import { asUser } from "./users.ts";

export interface Arrival {
  signal: "SIGUSR1" | "SIGTERM";
  /** CLOCK_REALTIME. */
  atNs: bigint;
  senderPid: number;
}

export interface CoreStandIn extends Omit<Part, "say" | "line"> {
  /** Resolves with the next signal that arrives; rejects after `timeoutMs`. */
  arrival(timeoutMs?: number): Promise<Arrival>;
}

export interface CoreOptions {
  conffile?: string;
  /** A small made-up crash dump goes here on SIGUSR1. */
  dumpPath?: string;
  /** How long it writes at that dump. */
  dumpSeconds?: number;
  /** By how many seconds the clock of the file server that dates the dump is off ours. */
  dumpSkew?: number;
  /** It notes SIGUSR1 and lives on, as a BEAM whose schedulers are stuck. */
  stays?: boolean;
  cwd?: string;
  /** Runs it as this user. */
  as?: number;
  /** A copy of the program that it executes, where that matters. */
  program?: string;
}

/** A shell that becomes the program `$0` under the core's name. */
const renamed = `exec -a ${coreExecutable} "$0" "$@"`;

/** Starts it under NSO's command line and waits until it listens. */
export async function startCore(options: CoreOptions = {}): Promise<CoreStandIn> {
  const {
    conffile,
    dumpPath,
    dumpSeconds,
    dumpSkew,
    stays,
    cwd,
    as,
    program = nativeProgram("core"),
  } = options;
  const words = coreArguments({ conffile });
  const [first, ...rest] = as === undefined ? [program] : [...asUser(as), "bash", "-c", renamed, program];
  const part = startPart({
    command: [first ?? program, ...rest, ...words],
    ...(as === undefined ? { argv0: coreExecutable } : {}),
    ...(cwd === undefined ? {} : { cwd }),
    env: {
      ...(dumpPath === undefined ? {} : { LAB_CORE_DUMP: dumpPath }),
      ...(dumpSeconds === undefined ? {} : { LAB_CORE_SECONDS: String(dumpSeconds) }),
      ...(dumpSkew === undefined ? {} : { LAB_CORE_SKEW: String(dumpSkew) }),
      ...(stays ? { LAB_CORE_STAYS: "1" } : {}),
    },
  });
  await part.line();
  return {
    ...part,
    async arrival(timeoutMs) {
      const [signal, atNs = "0", sender] = (await part.line(timeoutMs)).split(" ");
      return {
        signal: signal === "SIGUSR1" ? "SIGUSR1" : "SIGTERM",
        atNs: BigInt(atNs),
        senderPid: Number(sender),
      };
    },
  };
}
