/**
 * Scores the forecast on loads of known truth: prints a table, and fails where a bar is missed. Each run takes seeds that
 * none has seen, unless it is told where to begin: `bun test/bench/forecast-score.ts [SEEDS [FIRST_SEED]]`.
 */

import { createForecaster } from "../../src/core/forecast.ts";
import { scoreLoads } from "../core/forecast-score.ts";

const [count = "6", first] = process.argv.slice(2);
const from = first === undefined ? 1 + Math.floor(Math.random() * 1_000_000) : Number(first);
const seeds = Array.from({ length: Number(count) }, (_, index) => from + index);
console.log(`seeds ${from} to ${from + seeds.length - 1}`);
const rows = scoreLoads(seeds, 2);
for (const { name, text, bar, kept } of rows)
  console.log(`${kept ? "ok    " : "MISSED"} ${name.padEnd(34)} ${text}${bar && `; bar: ${bar}`}`);

const forecaster = createForecaster();
for (let minute = 0; minute < 1440; minute++)
  forecaster.take({ steadyMs: minute * 60_000, ceiling: "host", usedKib: 1_000_000 + minute });
const begunNs = Bun.nanoseconds();
const questions = 2000;
for (let n = 0; n < questions; n++) forecaster.ask(1440 * 60_000 + n * 30_000, 1e9);
console.log(`a question: ${((Bun.nanoseconds() - begunNs) / questions / 1000).toFixed(1)} µs`);
if (rows.some(({ kept }) => !kept)) process.exit(1);
