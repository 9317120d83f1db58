/** This program as a command, and the environment that a long-lived copy of it runs in. */

import { realpathSync } from "node:fs";

/**
 * Files are kept in about ten places, and in each one call at most may hang on a file system that does not answer: with
 * two threads, as there are on two cores, two of those would stop all the others (facts 4.28).
 */
const filePool = { UV_THREADPOOL_SIZE: "16" };

/**
 * What keeps Bun's reservations out of Committed_AS (facts 4.1: half of the structure heap of these would abort at
 * start).
 */
const smallReservations: Record<string, string> = {
  BUN_JSC_structureHeapSizeInKB: "65536",
  BUN_JSC_jitMemoryReservationSize: "8388608",
  MIMALLOC_ARENA_RESERVE: "16384",
  MIMALLOC_PAGE_COMMIT_ON_DEMAND: "1",
};

/** What keeps a process that does little from working at itself (facts 4.32, 4.33). */
const littleOwnWork: Record<string, string> = {
  // Compile what runs hot, not what runs once a second.
  BUN_JSC_thresholdForJITSoon: "2000",
  BUN_JSC_thresholdForJITAfterWarmUp: "20000",
  BUN_JSC_thresholdForOptimizeAfterWarmUp: "50000",
  // No helpers: they end when idle, and where none can be started again (EAGAIN) JavaScriptCore aborts (facts 4.32).
  BUN_JSC_useConcurrentJIT: "false",
  BUN_JSC_useConcurrentGC: "false",
  BUN_JSC_numberOfGCMarkers: "1",
  // Free memory is given back at once: a delay costs a thread that looks after it 13 times a second.
  MIMALLOC_PURGE_DELAY: "0",
  // Bun asks for a collection each second; JavaScriptCore collects without being asked where much is allocated.
  BUN_GC_TIMER_INTERVAL: "10000",
  ...filePool,
};

/** Nothing of an agent is worth the optimising compiler, which maps 5 MB of code each time that it runs (facts 4.32). */
const noOptimising: Record<string, string> = { BUN_JSC_useDFGJIT: "false" };

/**
 * Waiting nearly all of its time, as an agent; for some seconds at the side of one, as a reader of its dump; or computing
 * until it is done, as a drawing.
 */
export type Load = "at rest" | "beside" | "at work";

const clamps: Record<Load, Record<string, string>> = {
  "at rest": { ...smallReservations, ...littleOwnWork, ...noOptimising },
  beside: { ...smallReservations, ...littleOwnWork },
  "at work": smallReservations,
};

/** Kept of the caller's environment. BUN_*, NODE_*, LD_* would act on a long-lived process (facts 4.21). */
const keptNames =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|TMPDIR|XDG_.*|NCS_.*|NSOMEM_.*|ERL_CRASH_DUMP.*|NOTIFY_SOCKET|WATCHDOG_.*|INVOCATION_ID|SYSTEMD_EXEC_PID|JOURNAL_STREAM|(STATE|LOGS|RUNTIME|CONFIGURATION)_DIRECTORY)$/;

/** What a service manager tells its service alone: a child must not speak for it, nor take its directories for its own. */
const forServiceAlone =
  /^(NOTIFY_SOCKET|WATCHDOG_.*|INVOCATION_ID|SYSTEMD_EXEC_PID|JOURNAL_STREAM|(STATE|LOGS|RUNTIME|CONFIGURATION)_DIRECTORY)$/;

/** The words that run this program: the binary alone, or bun and the entry file when run from sources. */
export function selfCommand(): string[] {
  return Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, Bun.main];
}

/** What starts this program when it is typed in a shell: its name where that is found, else its path. */
export function typedName(): string {
  if (!Bun.main.startsWith("/$bunfs/")) return "nsomem";
  const found = Bun.which("nsomem");
  return found !== null && isSameProgram(found, process.execPath) ? "nsomem" : process.execPath;
}

function isSameProgram(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** The environment of a long-lived process: clamped, and without what could change how it runs. */
export function clampedEnv(
  env: Record<string, string | undefined>,
  load: Load = "at rest",
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && keptNames.test(name)) kept[name] = value;
  return { ...kept, ...clamps[load] };
}

/** The environment for children that are not this program: without the clamp and nsomem's own variables. */
export function childEnv(env: Record<string, string | undefined>): Record<string, string> {
  const own = Object.entries(clampedEnv(env)).filter(
    ([name]) => !(name in clamps["at rest"]) && !name.startsWith("NSOMEM_") && !forServiceAlone.test(name),
  );
  return Object.fromEntries(own);
}

/**
 * Replaces this process by itself with the clamped environment, once: same PID, same terminal. Returns when it is
 * clamped already, or where that cannot be done (this Bun has no execve, the kernel refuses the file as under an
 * emulator); the agent then runs with a larger commit charge.
 */
export function reexecuteClamped(words: readonly string[], load: Load = "at rest"): void {
  const wanted = clampedEnv(process.env, load);
  const same = Object.entries(process.env).every(([name, value]) => wanted[name] === value);
  if (same && Object.keys(wanted).every((name) => process.env[name] !== undefined)) return;
  const [file, ...rest] = selfCommand();
  if (file === undefined || typeof process.execve !== "function") return;
  try {
    process.execve(file, [file, ...rest, ...words], wanted);
  } catch {
    // Goes on as it is.
  }
}
