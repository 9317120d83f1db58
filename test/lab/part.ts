/** A real process that the lab started. It can be told, asked and stopped; stop() reaches nothing else. */

import type { Subprocess } from "bun";

export interface PartEnd {
  exitCode: number | null;
  signal: string | null;
}

export interface Part {
  pid: number;
  exited: Promise<PartEnd>;
  isRunning(): boolean;
  /** Writes one line to its stdin. */
  say(line: string): void;
  /** The next line of its stdout. Rejects with what it wrote on stderr when it ended or the time is over. */
  line(timeoutMs?: number): Promise<string>;
  /** SIGKILL to its process group, which only it and its children are in; resolves when it is reaped. */
  stop(): Promise<void>;
}

export interface PartOptions {
  command: [string, ...string[]];
  /** What stands in /proc/PID/cmdline instead of the executable's path. */
  argv0?: string;
  cwd?: string;
  /** Added to a bare environment of PATH, HOME and LANG. */
  env?: Record<string, string>;
}

const lineTimeoutMs = 20_000;

/** Starts a part. Its stdin is a pipe held by this process, so that a part ends when its test dies by any means. */
export function startPart({ command, argv0, cwd, env }: PartOptions): Part {
  const child = Bun.spawn(command, {
    ...(argv0 === undefined ? {} : { argv0 }),
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...bareEnvironment, ...env },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // a group of its own
  });
  running.add(child);
  const exited = child.exited.then(() => {
    running.delete(child);
    return { exitCode: child.exitCode, signal: child.signalCode === null ? null : String(child.signalCode) };
  });
  const stderr = new Response(child.stderr).text();
  const lines = lineReader(child.stdout);
  return {
    pid: child.pid,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    say(line) {
      child.stdin.write(`${line}\n`);
      child.stdin.flush();
    },
    async line(timeoutMs = lineTimeoutMs) {
      const line = await withDeadline(
        lines(),
        timeoutMs,
        `${command[0]} (PID ${child.pid}) to say something`,
      );
      if (line !== undefined) return line;
      throw new Error(
        `${command[0]} (PID ${child.pid}) ended: ${(await stderr).trim() || "no word on stderr"}`,
      );
    },
    async stop() {
      killGroup(child);
      await exited;
    },
  };
}

const bareEnvironment = {
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: process.env.HOME ?? "/",
  LANG: "C.UTF-8",
};

type Child = Subprocess<"pipe", "pipe", "pipe">;

const running = new Set<Child>();
process.on("exit", () => {
  for (const child of running) killGroup(child);
});

function killGroup(child: Child): void {
  // Not reaped yet, so the number is still this child's and its group's.
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

/** Resolves with `promise`, or rejects after `timeoutMs` saying what was waited for. */
export async function withDeadline<T>(promise: Promise<T>, timeoutMs: number, what: string): Promise<T> {
  let timer: Timer | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms in vain for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The value of `probe` as soon as it is neither undefined nor false; rejects after `timeoutMs` naming `what`. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 20_000,
): Promise<T> {
  const endsMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > endsMs) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await Bun.sleep(probeIntervalMs);
  }
}

const probeIntervalMs = 20;

/** Each call resolves with the next line, undefined at the end. */
function lineReader(stream: ReadableStream<Uint8Array>): () => Promise<string | undefined> {
  const ready: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let ended = false;
  const deliver = (line: string) => {
    const next = waiting.shift();
    if (next) next(line);
    else ready.push(line);
  };
  void (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = pieces.pop() ?? "";
      for (const piece of pieces) deliver(piece);
    }
    ended = true;
    for (const next of waiting.splice(0)) next(undefined);
  })();
  return () => {
    const line = ready.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (ended) return Promise.resolve(undefined);
    return new Promise((resolve) => waiting.push(resolve));
  };
}
