/** What would come of a crash dump, judged every minute. */

import { type DumpProspect, judgeDump } from "../core/dump-prospect.ts";
import { describeError } from "../core/errors.ts";
import { type CrashDumpTarget, surveyTarget } from "../linux/crash-dump-path.ts";
import type { ReachablePlace } from "../linux/dump-file.ts";
import type { Core } from "../linux/nso.ts";

export interface ProspectWatch {
  /** The judgement of at most a minute ago; undefined before the first. */
  prospect(): DumpProspect | undefined;
  /** Judges anew, and remembers it. */
  judge(): Promise<Judged>;
  close(): void;
}

export interface Judged {
  prospect: DumpProspect;
  /** Where an existing file can be moved aside, since the core may create a new one. */
  movable: ReachablePlace[];
}

export interface ProspectWatchOptions {
  procDir: string;
  core: Core;
  target: () => CrashDumpTarget;
}

const everyMs = 60_000;

export function watchProspect(
  { procDir, core, target }: ProspectWatchOptions,
  firstLookMs: number,
): ProspectWatch {
  let prospect: DumpProspect | undefined;
  let isJudging = false;
  const judge = async (): Promise<Judged> => {
    const facts = await surveyTarget(procDir, core, target());
    prospect = judgeDump(facts);
    return { prospect, movable: facts.creatable };
  };
  const judgeInBackground = async () => {
    if (isJudging) {
      // A minute without an answer: a dead mount. NSO would meet the same there.
      prospect = doubtful(target(), (path) => `${path} does not answer`);
      return;
    }
    isJudging = true;
    try {
      await judge();
    } catch (error) {
      prospect = doubtful(target(), () => `the dump's place cannot be judged: ${describeError(error)}`);
    } finally {
      isJudging = false;
    }
  };
  const first = setTimeout(judgeInBackground, firstLookMs);
  const timer = setInterval(judgeInBackground, everyMs);
  return {
    prospect: () => prospect,
    judge,
    close() {
      clearTimeout(first);
      clearInterval(timer);
    },
  };
}

function doubtful({ places }: CrashDumpTarget, reasonFor: (path: string) => string): DumpProspect {
  const path = places[0]?.path ?? null;
  const reasons = [reasonFor(path ?? "the dump's file system")];
  return { outlook: "doubtful", path, roomKib: null, needKib: null, reasons };
}
