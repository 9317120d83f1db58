/** What a core's environment and arguments say about its crash dump. Source: erl(1), facts 3.14. */

import type { DumpFacts } from "./dump-prospect.ts";
import { breakFlagOf, hasHeart } from "./nso.ts";

export type DumpSettings = Pick<
  DumpFacts,
  "disabledBy" | "bytesMax" | "secondsMax" | "breakFlag" | "hasHeart" | "environmentRead"
>;

/** `environ` is undefined where it may not be read: then nothing is known to disable the dump. */
export function readDumpSettings(
  environ: Record<string, string> | undefined,
  argv: readonly string[],
): DumpSettings {
  const seconds = secondsOf(environ?.ERL_CRASH_DUMP_SECONDS);
  return {
    disabledBy: environ && disabling(environ, argv),
    bytesMax: bytesOf(environ?.ERL_CRASH_DUMP_BYTES),
    // A negative number means "as long as it takes". See erl(1).
    secondsMax: seconds !== undefined && seconds > 0 ? seconds : undefined,
    breakFlag: breakFlagOf(argv),
    hasHeart: hasHeart(argv),
    environmentRead: environ !== undefined,
  };
}

/** What in an environment prevents every dump, measured on OTP 25 (facts 3.14). */
function disabling(environ: Record<string, string>, argv: readonly string[]): string | undefined {
  const set = (name: string) => `${name}=${environ[name] || '""'}`;
  if (environ.DISABLE_NCS_DUMP) return set("DISABLE_NCS_DUMP");
  const seconds = secondsOf(environ.ERL_CRASH_DUMP_SECONDS);
  if (seconds === 0) return set("ERL_CRASH_DUMP_SECONDS");
  if (seconds === undefined && hasHeart(argv)) return "-heart without ERL_CRASH_DUMP_SECONDS";
  if (bytesOf(environ.ERL_CRASH_DUMP_BYTES) === 0) return set("ERL_CRASH_DUMP_BYTES");
  return environ.ERL_CRASH_DUMP === "" && !environ.NCS_DUMP ? set("ERL_CRASH_DUMP") : undefined;
}

/** As C's atoi reads it: what is set and no number is 0, which is no dump. */
function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(/^\s*([-+]?\d+)/.exec(text)?.[1] ?? 0);
}

/** What is no number is passed over, as is a negative one. */
function bytesOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
