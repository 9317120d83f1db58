import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { defineCommand } from "citty";
import { inspectConfig } from "../configuration/prepare.ts";
import { decisionHeading, rowsOfTable } from "../core/decision-row.ts";
import { describeError, exitCodes, NsomemError } from "../core/errors.ts";
import { judgedBy } from "../core/recorded-readings.ts";
import { replay } from "../core/replay.ts";
import type { OvercommitMode } from "../core/rule.ts";
import { readOvercommitMode } from "../linux/procfs.ts";
import { kernelRoots } from "../linux/roots.ts";
import { resolvePaths } from "../record/paths.ts";
import { readRecordedReadings } from "../record/replay-input.ts";
import { configArg, homeArg } from "./options.ts";

export default defineCommand({
  meta: { name: "replay", description: "Run the rules over a recording and show what would have fired when" },
  args: {
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
    ...homeArg,
    ...configArg,
  },
  async run({ args }) {
    const recorded = readRecordedReadings(args.recording);
    const file = args.config ?? resolvePaths({ home: args.home, name: args.name }).config;
    const prepared = await inspectConfig(file, { required: args.config !== undefined });
    const verdicts =
      parseLimits(args.limits) ?? (recorded.form === "original tool's log" ? "recorded" : "config");
    if (verdicts === "recorded" && recorded.form === "history")
      throw new NsomemError("USAGE", "a history.db holds no verdicts; use --limits config", 2);
    const mode = overcommitMode(args["overcommit-mode"], recorded.overcommitMode);
    const steps = verdicts === "config" ? judgedBy(prepared.config, recorded.steps) : recorded.steps;
    const { rows, ran, skipped } = replay(steps, prepared.config, mode.value);
    console.log(
      [
        `# ${recorded.form} ${resolve(args.recording)}: ${steps.filter(({ step }) => step === "reading").length} readings`,
        `# ${prepared.file ?? "default configuration"}; verdicts: ${verdicts}; vm.overcommit_memory ${mode.value} (${mode.from})`,
        decisionHeading,
        ...rows,
        `# ${ran} actions would have run, ${skipped} would have been skipped`,
      ].join("\n"),
    );
    return args.expect === undefined ? exitCodes.done : compare(rows, args.expect);
  },
});

function parseLimits(text: string | undefined): "config" | "recorded" | undefined {
  if (text === undefined || text === "config" || text === "recorded") return text;
  throw new NsomemError("USAGE", `--limits takes config or recorded, not "${text}"`, 2);
}

function overcommitMode(
  option: string | undefined,
  recorded: OvercommitMode | undefined,
): { value: OvercommitMode; from: string } {
  if (option !== undefined) {
    const value = ([0, 1, 2] as const).find((known) => String(known) === option);
    if (value === undefined)
      throw new NsomemError("USAGE", `--overcommit-mode takes 0, 1 or 2, not "${option}"`, 2);
    return { value, from: "as given" };
  }
  if (recorded !== undefined) return { value: recorded, from: "as recorded" };
  return { value: readOvercommitMode(kernelRoots().procDir), from: "this host's" };
}

/** Exit 1, and the first rows that differ on stderr. */
function compare(rows: readonly string[], expectFile: string): number {
  const expected = rowsOfTable(readExpected(expectFile));
  const found = rowsOfTable(rows.join("\n"));
  const at = Math.max(found.length, expected.length);
  const differs = Array.from({ length: at }, (_, index) => index).find((i) => found[i] !== expected[i]);
  if (differs === undefined) return exitCodes.done;
  console.error(`nsomem: row ${differs + 1} differs from ${expectFile}:`);
  console.error(`- ${expected[differs] ?? "(no more rows)"}`);
  console.error(`+ ${found[differs] ?? "(no more rows)"}`);
  return exitCodes.failed;
}

function readExpected(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new NsomemError("EXPECT", `cannot read --expect: ${describeError(error)}`, 2);
  }
}
