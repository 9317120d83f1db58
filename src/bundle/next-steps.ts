/** What whoever reads SUMMARY.md should do, in the order in which to do it. */

import { hint } from "../core/hint.ts";
import type { IncidentSummary } from "../core/incident.ts";

export interface NextStepFacts {
  summary: Pick<IncidentSummary, "state" | "verdict">;
  /** Names in the bundle. */
  names: readonly string[];
  /** Something that should be in here is not. */
  isIncomplete: boolean;
  redact: boolean;
}

export function nextSteps({ summary, names, isIncomplete, redact }: NextStepFacts): string[] {
  const isThere = (form: RegExp) => names.some((name) => form.test(name));
  return [
    ...whatOfDump(summary),
    ...(isThere(/^dump-summary\.txt$/)
      ? ["Read dump-summary.txt: who held the memory, by process, queue and table."]
      : []),
    ...(isThere(/(?:^|\/)evidence/)
      ? ["Look at the evidence files: what the VM that grew said of itself at the warning."]
      : []),
    isThere(/^(?:crash|debug)-dumps?\//) || !redact
      ? "Open a case with Cisco TAC and attach this file: version, packages, ncs.conf and logs are in it."
      : "Open a case with Cisco TAC and attach this file. The dumps are not in it (--redact): keep them where they are.",
    ...(isIncomplete ? ['Fetch by hand what "Not in here" names, as long as it is there.'] : []),
  ];
}

function whatOfDump({ state, verdict }: NextStepFacts["summary"]): string[] {
  if (state === "unfinished")
    return [
      `Start nsomem again (\`${hint("start --daemon")}\`): it finishes this incident and says what became of the dump.`,
    ];
  switch (verdict) {
    case "complete":
      return ["Start NSO again where that has not happened: it ended with the dump."];
    case "cut":
      return [
        "Start NSO again where that has not happened. The dump is cut: all its figures may be there, but not all contents.",
        `Run \`${hint("doctor")}\` before the next time: it says what cut the dump, and the way out.`,
      ];
    case "unread":
      return [
        "Start NSO again where that has not happened. Its crash dump was written and could not be read: keep it.",
        "Look at its last line, which is `=end` where it is whole.",
      ];
    case "missing":
      return [
        "Start NSO again where that has not happened.",
        `Run \`${hint("doctor")}\` before the next time: it says where a dump would go, and what is in its way.`,
      ];
    case "survived":
      return [
        `NSO still runs, and may be short of memory: look at \`${hint("status")}\`, and plan a restart.`,
      ];
    case "withheld":
      return [
        `NSO still runs, and nothing was done to it: look at \`${hint("status")}\`, and plan a restart.`,
      ];
    case "unwatched":
    case null:
      return [`Nothing was ended. Look at \`${hint("status")}\`: is memory back to normal?`];
  }
}
