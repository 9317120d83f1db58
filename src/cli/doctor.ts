/** `nsomem doctor`: the checks as a table or as JSON. */

import { defineCommand } from "citty";
import { type Check, type CheckVerdict, worstOf } from "../core/check.ts";
import { exitCodes } from "../core/errors.ts";
import { shownText } from "../core/shown.ts";
import { examine } from "../doctor/doctor.ts";
import { kernelRoots } from "../linux/roots.ts";
import { colours, wantsColour } from "../ui/colour.ts";
import { print, printJson } from "../ui/print.ts";
import { choiceOf, configArg, coreArgs, homeArgs } from "./options.ts";
import { settings } from "./settings.ts";

export default defineCommand({
  meta: {
    name: "doctor",
    description: "Whether a rescue would work here, and how to mend what would not; exit 1 on any fail",
  },
  args: {
    json: { type: "boolean", description: "JSON instead of the table" },
    ...coreArgs,
    ...homeArgs("judge these places and their nsomem.toml, as start --home DIR would use them"),
    ...configArg,
  },
  async run({ args }) {
    const { paths, config } = settings(args);
    const choice = choiceOf(args, config.nso);
    const checks = await examine({ paths, config, roots: kernelRoots(), choice });
    if (args.json) printJson({ schema: 1, verdict: worstOf(checks), checks });
    else print(table(checks));
    return worstOf(checks) === "fail" ? exitCodes.failed : exitCodes.done;
  },
});

function table(checks: readonly Check[]): string {
  const colour = colours(wantsColour(1, process.env));
  const paint: Record<CheckVerdict, (text: string) => string> = {
    ok: colour.green,
    warn: colour.yellow,
    fail: (text) => colour.bold(colour.red(text)),
  };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = " ".repeat(width + 7);
  const rows = checks.flatMap(({ name, verdict, found, mend }) => [
    `${paint[verdict](verdict.padEnd(4))} ${name.padEnd(width)}  ${shownText(found).replaceAll("\n", `\n${indent}`)}`,
    ...(mend === undefined
      ? []
      : [`${indent}${colour.dim("→")} ${shownText(mend).replaceAll("\n", `\n${indent}  `)}`]),
  ]);
  const count = (verdict: CheckVerdict) => checks.filter((check) => check.verdict === verdict).length;
  return [...rows, "", `${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed`].join("\n");
}
