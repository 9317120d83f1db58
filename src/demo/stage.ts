/** The demo's files: a home of its own in the temporary directory, a configuration, an `ncs` command. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NsomemError } from "../core/errors.ts";
import { makeTemporaryDirectory } from "../linux/temporary-directory.ts";
import type { DemoLimits } from "./limits.ts";

export interface Stage {
  /** nsomem's home for the demo: logs, incidents, status.json. */
  home: string;
  config: string;
  /** The stand-in's run directory, where its crash dump goes. */
  runDir: string;
  conffile: string;
  crashDump: string;
  ncs: string;
}

/** Makes the directories and the `ncs` command. Throws NsomemError TMPDIR when the temporary directory is of no use. */
export function setStage(): Stage {
  const dir = makeTemporaryDirectory("nsomem-demo-");
  const stage: Stage = {
    home: join(dir, "home"),
    config: join(dir, "nsomem.toml"),
    runDir: join(dir, "run"),
    conffile: join(dir, "run/ncs.conf"),
    crashDump: join(dir, "run/ncs_crash.dump"),
    ncs: join(dir, "bin/ncs"),
  };
  for (const name of ["home", "run", "bin"]) mkdirSync(join(dir, name), { mode: 0o700 });
  writeFileSync(stage.conffile, "<!-- of nsomem's demo stand-in, not of NSO -->\n");
  writeFileSync(stage.ncs, ncsCommand, { mode: 0o700 });
  if (!Bun.spawnSync([stage.ncs, "--debug-dump", join(dir, "bin/trial")]).success)
    throw new NsomemError(
      "DEMO",
      `a script in ${dir} cannot be run (noexec?); set TMPDIR to a directory where it can`,
    );
  return stage;
}

/** Writes the configuration that makes a few hundred MiB lead through every level. */
export function writeConfig(stage: Stage, limits: DemoLimits): void {
  writeFileSync(
    stage.config,
    `# nsomem demo: limits a little above the memory that was in use when it started
[physical]
warning_percent = ${limits.warningPercent}
critical_percent = ${limits.criticalPercent}
recovery_points = ${limits.recoveryPoints}
recovery_time = "3s"

[allocated]
enforce = "never"   # the demo is about physical memory alone

[nso]
command = ${JSON.stringify(stage.ncs)}
`,
  );
}

const ncsCommand = `#!/bin/sh
# Stand-in for NSO's ncs command (not NSO), made by nsomem demo: ncs --debug-dump FILE, ncs --status
[ "$1" != --status ] || exec echo "nsomem's demo stand-in, not NSO"
[ "$1" = --debug-dump ] || exit 1
{
  echo "debug dump of nsomem's demo stand-in, not of NSO"
  date
  cat /proc/meminfo
} >"$2"
`;
