/** `nsomem replay`: the rules over a recording, as the table of what would have fired. */

import { resolve } from "node:path";
import { defineCommand } from "citty";
import { inspectConfig } from "../configuration/prepare.ts";
import { decisionHeading, rowDocument } from "../core/decision-row.ts";
import { exitCodes, usageError } from "../core/errors.ts";
import { judgedBy } from "../core/recorded-readings.ts";
import { replay } from "../core/replay.ts";
import type { OvercommitMode } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import { readRecordedReadings } from "../record/replay-input.ts";
import { actionKinds } from "../rescue/action-kinds.ts";
import { print, printError, printJson } from "../ui/print.ts";
import { differenceTo } from "./expected-rows.ts";
import { configArg, homeArgs } from "./options.ts";
import { configFileOf } from "./settings.ts";

export default defineCommand({
  args: {
    json: { type: "boolean", description: "JSON instead of the table" },
    recording: {
      type: "positional",
      description: "monitor.log, a log of the original tool, or history.db",
      required: true,
    },
    expect: {
      type: "string",
      valueHint: "FILE",
      description: "exit 1 unless the rows are those of FILE: an earlier table, or decisions.log",
    },
    limits: {
      type: "string",
      valueHint: "FROM",
      description: "whose verdicts: config, or recorded (default: recorded for an original tool's log)",
    },
    "overcommit-mode": {
      type: "string",
      valueHint: "N",
      description:
        "vm.overcommit_memory at that time: 0, 1 or 2 (default: the recording's, else this host's)",
    },
    ...homeArgs("use the nsomem.toml below DIR, as start --home DIR does"),
    ...configArg,
  },
  async run({ args }) {
    const recorded = readRecordedReadings(args.recording);
    const prepared = await inspectConfig(...configFileOf(args));
    const verdicts =
      parseLimits(args.limits) ?? (recorded.form === "original tool's log" ? "recorded" : "config");
    if (verdicts === "recorded" && recorded.form === "history")
      throw usageError("a history.db holds no verdicts; use --limits config");
    const mode = overcommitMode(args["overcommit-mode"], recorded.overcommitMode);
    const steps = verdicts === "config" ? judgedBy(prepared.config, recorded.steps) : recorded.steps;
    const { rows, ran, skipped } = replay(steps, prepared.config, {
      overcommitMode: mode.value,
      kinds: actionKinds,
    });
    const difference = args.expect === undefined ? undefined : differenceTo(args.expect, rows);
    const readings = steps.filter(({ step }) => step === "reading").length;
    if (args.json)
      printJson({
        ...{ schema: 1, recording: resolve(args.recording), form: recorded.form, readings },
        ...{ config: prepared.file ?? null, verdicts, overcommit_mode: mode.value },
        ...{ rows: rows.map(rowDocument), ran, skipped, difference: difference ?? null },
      });
    else
      print(
        [
          `# ${recorded.form} ${resolve(args.recording)}: ${readings} readings`,
          `# ${prepared.file ?? "default configuration"}; verdicts: ${verdicts}; vm.overcommit_memory ${mode.value} (${mode.from})`,
          decisionHeading,
          ...rows,
          `# ${ran} actions would have run, ${skipped} would have been skipped`,
        ].join("\n"),
      );
    if (difference === undefined) return exitCodes.done;
    printError(`nsomem: ${difference}`);
    return exitCodes.failed;
  },
});

function parseLimits(text: string | undefined): "config" | "recorded" | undefined {
  if (text === undefined || text === "config" || text === "recorded") return text;
  throw usageError(`--limits takes config or recorded, not "${text}"`);
}

function overcommitMode(
  option: string | undefined,
  recorded: OvercommitMode | undefined,
): { value: OvercommitMode; from: string } {
  if (option !== undefined) {
    const value = ([0, 1, 2] as const).find((known) => String(known) === option);
    if (value === undefined) throw usageError(`--overcommit-mode takes 0, 1 or 2, not "${option}"`);
    return { value, from: "as given" };
  }
  if (recorded !== undefined) return { value: recorded, from: "as recorded" };
  return { value: readOvercommitMode(kernelRoots().procDir), from: "this host's" };
}
