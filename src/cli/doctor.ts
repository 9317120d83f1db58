/** `nsomem doctor`: the checks as a table or as JSON. */

import { defineCommand } from "citty";
import { worstOf } from "../core/check.ts";
import { exitCodes } from "../core/errors.ts";
import { examine } from "../doctor/doctor.ts";
import { kernelRoots } from "../linux/roots.ts";
import { doctorPage } from "../ui/doctor-page.ts";
import { print, printJson } from "../ui/print.ts";
import { terminalNow } from "../ui/terminal.ts";
import { choiceOf, configArg, coreArgs, homeArgs } from "./options.ts";
import { settings } from "./settings.ts";

export default defineCommand({
  args: {
    json: { type: "boolean", description: "JSON instead of the table" },
    all: { type: "boolean", description: "also what is fine" },
    ...coreArgs,
    ...homeArgs("judge these places and their nsomem.toml, as start --home DIR would use them"),
    ...configArg,
  },
  async run({ args }) {
    const { paths, config } = settings(args);
    const choice = choiceOf(args, config.nso);
    const checks = await examine({ paths, config, roots: kernelRoots(), choice });
    if (args.json) printJson({ schema: 1, verdict: worstOf(checks), checks });
    else print(doctorPage(checks, { all: args.all ?? false, terminal: terminalNow() }));
    return worstOf(checks) === "fail" ? exitCodes.failed : exitCodes.done;
  },
});
