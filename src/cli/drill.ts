/** `nsomem drill`: runs the drill and prints a row for each step as it ends. */

import { defineCommand } from "citty";
import { prepareConfig } from "../configuration/prepare.ts";
import { exitCodes } from "../core/errors.ts";
import { isStandIn } from "../core/nso.ts";
import { startStandIn } from "../demo/stand-in-process.ts";
import { drill } from "../drill/drill.ts";
import type { DrillStep } from "../drill/steps.ts";
import { kernelRoots } from "../linux/roots.ts";
import { clampedEnv, selfCommand } from "../linux/self.ts";
import { print, printJson } from "../ui/print.ts";
import { choiceOf, configArg, coreArgs, homeArgs, pathsOf } from "./options.ts";
import { configFileOf } from "./settings.ts";

export default defineCommand({
  args: {
    json: { type: "boolean", description: "one JSON document at the end instead of a row for each step" },
    ...coreArgs,
    ...homeArgs("rehearse with the nsomem.toml and the places of start --home DIR"),
    ...configArg,
  },
  async run({ args }) {
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    const steps = await drill({
      paths: pathsOf(args),
      roots: kernelRoots(),
      prepareConfig: () => prepareConfig(...configFileOf(args)),
      choiceOf: (configured) => choiceOf(args, configured),
      decoys: {
        start: (runDir) =>
          startStandIn({
            command: selfCommand(),
            env: clampedEnv({ PATH: process.env.PATH }),
            runDir,
            conffile: `${runDir}/ncs.conf`,
          }),
        includes: (core) => isStandIn(core.argv),
      },
      onStep: (step) => (args.json ? undefined : print(row(step))),
      signal: stop.signal,
    });
    const failed = steps.filter(({ result }) => result !== "passed").length;
    const passed = steps.length - failed;
    if (args.json) printJson({ schema: 1, passed, failed, steps });
    else print(`${passed} passed, ${failed} failed. NSO was not touched.`);
    return failed === 0 ? exitCodes.done : exitCodes.failed;
  },
});

const nameWidth = 32;

function row({ result, name, detail }: DrillStep): string {
  const indent = " ".repeat(9 + nameWidth + 1);
  return `${result.padEnd(8)} ${name.padEnd(nameWidth)} ${detail.replaceAll("\n", `\n${indent}`)}`;
}
