/**
 * `make chaos`: every fault in turn, and a table of what came of each. With words, only the faults whose names begin so.
 * CHAOS_LONG=1 adds what takes an hour. Exit 1 when one was not held.
 */

import type { Verdict } from "./fault.ts";
import { faults } from "./faults.ts";
import { runFault } from "./run-fault.ts";
import { tableOf } from "./table.ts";

const wanted = process.argv.slice(2);
const isLongWanted = (process.env.CHAOS_LONG ?? "") !== "";
const chosen = faults.filter(({ name, isLong }) =>
  wanted.length > 0 ? wanted.some((word) => name.startsWith(word)) : isLongWanted || !isLong,
);
if (chosen.length === 0) {
  console.error(
    `no fault begins with ${wanted.join(" or ")}; there are: ${faults.map(({ name }) => name).join(" ")}`,
  );
  process.exit(2);
}

const verdicts: Verdict[] = [];
for (const fault of chosen) {
  const sinceMs = performance.now();
  const verdict = await runFault(fault);
  verdicts.push(verdict);
  const seconds = ((performance.now() - sinceMs) / 1000).toFixed(1);
  const detail = verdict.kind === "held" ? "" : `: ${verdict.reason}`;
  console.log(`${verdict.kind.padEnd(7)} ${fault.name} (${seconds} s)${detail}`);
}
const count = (kind: Verdict["kind"]) => verdicts.filter((verdict) => verdict.kind === kind).length;
console.log(
  `\n${tableOf(verdicts)}\n\n${count("held")} held, ${count("broke")} broke, ${count("skipped")} skipped`,
);
process.exit(count("broke") > 0 ? 1 : 0);
