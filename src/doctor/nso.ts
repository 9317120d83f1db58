/** Checks of the core: permissions, the crash dump's place, flags, limits. */

import { type Check, ok, warn } from "../core/check.ts";
import type { Config } from "../core/config.ts";
import { breakFlagOf } from "../core/nso.ts";
import { findAgent } from "../linux/agent-lock.ts";
import type { Core } from "../linux/nso.ts";
import { readEnviron, readOptional } from "../linux/procfs.ts";
import type { Paths } from "../record/paths.ts";
import { readStatus } from "../record/status-file.ts";
import { checkCrashDump } from "./crash-dump.ts";
import { checkLimits } from "./limits.ts";
import type { DoctorOptions } from "./options.ts";
import { checkLinks, checkShield, checkSignal } from "./rights.ts";

export async function checkCore(core: Core, options: DoctorOptions): Promise<Check[]> {
  const { config, paths, roots } = options;
  const { procDir } = roots;
  return [
    checkSignal(core.pid),
    checkEnviron(procDir, core, config),
    checkLinks(procDir, core),
    ...(await checkCrashDump(core, options)),
    checkShield(procDir, core, mayAgentLower(paths)),
    checkBreakFlag(core),
    checkLimits(readOptional(`${procDir}/${core.pid}/limits`)),
  ];
}

function mayAgentLower(paths: Paths): boolean {
  const agent = findAgent(paths);
  return agent !== undefined && readStatus(paths.statusFile)?.may_lower_oom_score === true;
}

/** Hidden where ncs.smp carries a file capability, even from its own user (facts 3.8). */
function checkEnviron(procDir: string, core: Core, { nso }: Config): Check {
  const name = "core's environment";
  if (readEnviron(procDir, core.pid)) return ok(name, "readable");
  const known = nso.crash_dump ?? nso.run_dir;
  if (known) return ok(name, `not readable, but the configuration names ${known}`);
  return warn(
    name,
    "not readable: another user's, or ncs.smp carries a file capability",
    'set [nso] run_dir = "/path" (or crash_dump = "/path/file") in nsomem.toml',
  );
}

function checkBreakFlag({ argv }: Core): Check {
  const flag = breakFlagOf(argv);
  if (flag === undefined) return ok("emulator flags", "no -B before the first --");
  return warn(
    "emulator flags",
    `${flag}: an old OTP then dies on SIGUSR1 without a dump`,
    `start NSO without ${flag}`,
  );
}
