/** Before the signal: the place of the dump judged anew, and an older dump moved out of its way. */

import { basename, dirname, join } from "node:path";
import type { DumpProspect } from "../../core/dump-prospect.ts";
import { describeError } from "../../core/errors.ts";
import { moveAside } from "../../linux/dump-file.ts";
import type { DeedContext } from "../action-context.ts";

const prepareMsMax = 50;

/** Bounded: a dead mount never answers, and then what was known before is returned. */
export async function prepareDump(
  { target, now }: DeedContext,
  record: (step: string, facts: Record<string, unknown>) => void,
): Promise<DumpProspect | undefined> {
  let late = false;
  const work = async (): Promise<DumpProspect> => {
    const { prospect, movable } = await target.outlook.judge();
    if (prospect.outlook === "hopeless") return prospect;
    for (const { path, reach } of movable) {
      if (late) break;
      const aside = await moveAside(reach, now());
      if (aside !== undefined)
        record("moved-aside", { from: path, to: join(dirname(path), basename(aside)) });
    }
    return prospect;
  };
  const bounded = Bun.sleep(prepareMsMax).then(() => {
    late = true;
    return target.outlook.prospect();
  });
  const failed = (error: unknown) => {
    record("prepare-failed", { reason: describeError(error) });
    return target.outlook.prospect();
  };
  return await Promise.race([work().catch(failed), bounded]);
}
