import { expect, test } from "bun:test";
import { redactSummary } from "../../src/dump/redact.ts";
import { parseDumpSummary } from "../../src/dump/summary.ts";
import { summaryText } from "../../src/dump/summary-text.ts";
import { madeUpProcess, madeUpSummary } from "./made-up-summary.ts";

/** A secret in every place where a name can stand. */
function planted() {
  const summary = madeUpSummary({ slogan: "secret1" });
  const { processes, tables, binaries, run_queues } = summary;
  const identity = madeUpProcess({
    name: "secret2",
    started: "secret3:f/1",
    in: "secret4:f/1",
    under: "secret5",
  });
  const shapes = [
    "secret6",
    "'secret 7'",
    "{'$gen_cast',{secret8,'\\'secret9',integer()},[secret10]}",
    "{'secret16 cut o…",
  ];
  return {
    ...summary,
    processes: {
      ...processes,
      largest: processes.largest.map((row) => ({ ...row, ...identity })),
      kinds: processes.kinds.map((kind) => ({ ...kind, what: "secret11", under: "secret12" })),
      longest_queues: processes.longest_queues.map((queue) => ({
        ...queue,
        ...identity,
        shapes: shapes.map((shape) => ({ shape, count: 1 })),
      })),
    },
    tables: {
      ...tables,
      largest: tables.largest.map((table) => ({ ...table, name: "secret13", owner: identity })),
    },
    binaries: { ...binaries, largest: binaries.largest.map((row) => ({ ...row, ...identity })) },
    atoms: { count: 9, limit: 10, pattern: { look: "secret14_N", count: 9, looked_at: 9 } },
    run_queues: { ...run_queues, running: [{ pid: "<0.1.0>", in: "secret15:f/1" }] },
  };
}

test("no planted name is left, neither in the text nor in the document", () => {
  const summary = planted();
  expect(summaryText(summary)).toContain("secret2");
  const redacted = redactSummary(summary);
  expect(summaryText(redacted)).not.toContain("secret");
  expect(JSON.stringify(redacted)).not.toContain("secret");
});

test("names of loaded code and figures stay", () => {
  const summary = madeUpSummary();
  const redacted = redactSummary(summary);
  expect(redacted.processes.largest[0]).toMatchObject({
    name: "(name left out)",
    started: "scen:sink_init/1",
    in: "scen:sink_init/1",
    under: "kernel_sup",
    memory_bytes: summary.processes.largest[0]?.memory_bytes,
  });
  expect(redacted.processes.longest_queues[0]?.shapes[0]?.shape).toBe(
    "{'$gen_cast',{log_event,integer(),binary(),atom()}}",
  );
  expect(redacted.slogan).toBe("Received SIGUSR1");
  expect(redacted.memory).toEqual(summary.memory);
});

test("a document is read back as it was written, its texts made safe", () => {
  const summary = madeUpSummary();
  expect(parseDumpSummary(JSON.stringify(summary))).toEqual(summary);
  const hostile = JSON.stringify({ ...summary, slogan: "\u001b[2Jgone" });
  expect(parseDumpSummary(hostile)?.slogan).toBe("\\x1b[2Jgone");
});

test("what is no such document is not read", () => {
  expect(parseDumpSummary("{")).toBeUndefined();
  expect(parseDumpSummary("[]")).toBeUndefined();
  expect(parseDumpSummary(JSON.stringify({ ...madeUpSummary(), tables: 1 }))).toBeUndefined();
  expect(parseDumpSummary(" ".repeat(2 ** 20 + 1))).toBeUndefined();
});
