/** The table that `make chaos` prints, as Markdown: it is that of `nsomem help faults`. */

import type { Verdict } from "./fault.ts";

export function tableOf(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map((verdict) => `| ${cells(verdict).map(escaped).join(" | ")} |`);
  return [
    "| what was done | what the user sees | what is kept | SIGUSR1 |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function cells(verdict: Verdict): string[] {
  switch (verdict.kind) {
    case "held": {
      const { seen, kept, signalMs } = verdict.outcome;
      return [verdict.done, seen, kept, signalMs === null ? "not due" : `${signalMs.toFixed(0)} ms`];
    }
    case "broke":
      return [verdict.done, `BROKE: ${verdict.reason.split("\n")[0]}`, "", ""];
    case "skipped":
      return [verdict.done, `skipped: ${verdict.reason}`, "", ""];
    default:
      return verdict satisfies never;
  }
}

const escaped = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
