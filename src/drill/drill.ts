/** The drill: every step of a rescue with the installed configuration, on a decoy; NSO itself is never touched. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { executablesOf } from "../configuration/executables.ts";
import type { PreparedConfig } from "../configuration/prepare.ts";
import { rulesOf } from "../core/rule.ts";
import { makeTemporaryDirectory } from "../linux/temporary-directory.ts";
import { dryCall } from "./callback.ts";
import { tryDecoy } from "./decoy.ts";
import { checkDirectory, directories } from "./directories.ts";
import { probeNcs } from "./ncs.ts";
import type { DrillOptions } from "./options.ts";
import { checkPermission } from "./permission.ts";
import { checkExecutable, describeRules } from "./rules.ts";
import { createSteps, type DrillStep, type Steps } from "./steps.ts";
import { firstReading } from "./tool-reading.ts";

/** Makes all steps. A failed one does not stop the next where that can be tried. */
export async function drill(options: DrillOptions): Promise<readonly DrillStep[]> {
  const { procDir } = options.roots;
  const steps = createSteps(options.onStep);
  const scratch = makeTemporaryDirectory("nsomem-drill-");
  try {
    const prepared = await steps.obtain("configuration", async () => {
      const value = await options.prepareConfig();
      return { detail: value.file ?? "none; the defaults are in force", value };
    });
    for (const [name, dir, place] of directories(options.paths))
      await steps.check(name, () => checkDirectory(dir, place));
    if (prepared) await tryConfigured(steps, prepared, scratch, options);
    else steps.skip("rules, tool, commands", "without a configuration");
    await tryDecoy(steps, options.decoys, { procDir, runDir: join(scratch, "run") });
    await steps.check("permission to signal NSO", () =>
      checkPermission(procDir, options.choiceOf(prepared?.config.nso ?? {}), options.decoys),
    );
    return steps.made;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the configuration asks for, each part once. */
async function tryConfigured(
  steps: Steps,
  { config, callbacks }: PreparedConfig,
  scratch: string,
  options: DrillOptions,
): Promise<void> {
  const { roots } = options;
  await steps.check("measuring tool", () => firstReading(config, scratch, roots));
  await steps.check("rules", () => describeRules(config, roots.procDir));
  await steps.check("debug dump command", () =>
    probeNcs(config, roots.procDir, options.choiceOf(config.nso)),
  );
  for (const path of executablesOf(config))
    await steps.check(`executable ${path}`, () => checkExecutable(path));
  if (!callbacks) return;
  const place = { file: callbacks.file, scratch };
  const called = callbacks.exports.flatMap((name) => rulesOf(config).filter((rule) => rule.name === name));
  for (const rule of called)
    await steps.check(`callback ${rule.name}`, () => dryCall(rule, place, config, options));
}
