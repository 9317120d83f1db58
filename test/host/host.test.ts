/**
 * Claims about hosts, in a real guest: systemd, cgroup v2, the kernel's own OOM killer. A test for each claim of each
 * scenario. HOST_ONLY="NAME…" picks some, HOST_TIMES=5 runs each so often (`make test-host` sets both).
 */

import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { testUnless } from "../lab/missing.ts";
import { guestImage } from "./image.ts";
import { consoleTail, createRunner, holdsAll, makePayload, type Outcome, outcomeLines } from "./run.ts";
import { readScenarios, type Scenario } from "./scenario.ts";

const nsomem = join(import.meta.dir, "../../dist/nsomem");
/** Scenarios wait for each other: the last claim may come after all of them. */
const allMs = 60 * 60_000;

const all = readScenarios();
const only = (process.env.HOST_ONLY ?? "").split(/\s+/).filter((word) => word !== "");
const times = Number(process.env.HOST_TIMES || 1);
const usual = all.filter(({ open }) => open === undefined);
const chosen = only.length === 0 ? usual : all.filter((scenario) => only.includes(scenario.name));
const image = existsSync(nsomem) ? guestImage() : { missing: "dist/nsomem is not built" };
const missing = "missing" in image ? image.missing : undefined;

test("each scenario that is asked for is there", () => {
  const names = all.map((scenario) => scenario.name);
  expect(only.filter((name) => !names.includes(name))).toEqual([]);
});

/** First those with a guest of their own, then those that share one, the longest first: none is left over at the end. */
const inOrder = chosen.toSorted(
  (a, b) => Number(a.guest.isShared) - Number(b.guest.isShared) || b.secondsMax - a.secondsMax,
);
const runs = inOrder.flatMap((scenario) =>
  Array.from({ length: times }, (_, at) => ({
    scenario,
    label: times === 1 ? scenario.name : `${scenario.name}-${at + 1}`,
  })),
);
for (const run of runs) describeRun(run.scenario, run.label);

function describeRun(scenario: Scenario, label: string): void {
  describe(`${scenario.title} (${label})`, () => {
    for (const claim of scenario.claims)
      testUnless(missing, claim.sentence, async () => check(await outcomeOf(label), claim.id), allMs);
  });
}

/** The console stands with the first claim that does not hold. */
const told = new Set<Outcome>();

function check(outcome: Outcome, id: string): void {
  const verdict = outcome.verdicts.get(id);
  if (verdict?.holds) return;
  const seen = verdict ? `does not hold: ${verdict.detail}` : "nothing was said of it";
  const lines = [seen, outcome.trouble, `see ${outcome.consoleFile}`];
  if (!told.has(outcome)) lines.push(consoleTail(outcome.consoleFile));
  told.add(outcome);
  throw new Error(lines.filter((line) => line !== undefined).join("\n"));
}

let payload: string | undefined;
let outcomes: Map<string, Promise<Outcome>> | undefined;

/** The first claim that is asked starts all the guests. */
function outcomeOf(label: string): Promise<Outcome> {
  outcomes ??= startAll();
  const outcome = outcomes.get(label);
  if (!outcome) throw new Error(`no run is called ${label}`);
  return outcome;
}

function startAll(): Map<string, Promise<Outcome>> {
  if ("missing" in image) throw new Error(image.missing);
  payload = makePayload(nsomem);
  const run = createRunner(image.dir, payload);
  const begun = runs.map((one) => ({ ...one, first: run(one.scenario, one.label) }));
  let othersDone: Promise<unknown> = Promise.all(begun.map(({ first }) => first));
  /** Alone, after all others: a guest beside another one, on a busy host, may have been too slow for what it shows. */
  const again = (scenario: Scenario, label: string) => {
    const outcome = othersDone.then(() => run(scenario, `${label}-again`));
    othersDone = outcome;
    return outcome;
  };
  const outcomeOfRun = async ({ scenario, label, first }: (typeof begun)[number]) => {
    const outcome = await first;
    // Where it is counted how often each holds, each counts as it is.
    if (times > 1 || holdsAll(outcome, scenario)) return outcome;
    console.log(
      `host lab: ${label} did not hold, and is run again alone\n${outcomeLines(outcome).join("\n")}`,
    );
    return await again(scenario, label);
  };
  return new Map(begun.map((one) => [one.label, outcomeOfRun(one)]));
}

afterAll(async () => {
  for (const [label, outcome] of outcomes ?? []) {
    const { seconds, cpuSeconds } = await outcome;
    console.log(`host lab: ${label}, ${seconds} s, ${cpuSeconds} s of them on a core`);
    for (const line of outcomeLines(await outcome)) console.log(line);
  }
  if (times > 1 && outcomes) for (const line of await countLines(outcomes)) console.log(line);
  if (payload) rmSync(dirname(payload), { recursive: true });
});

/** In how many of its runs each scenario held, with all that it claims. */
async function countLines(outcomes: Map<string, Promise<Outcome>>): Promise<string[]> {
  const held = await Promise.all(
    runs.map(async ({ scenario, label }) => {
      const outcome = await outcomes.get(label);
      return { scenario, holds: outcome !== undefined && holdsAll(outcome, scenario) };
    }),
  );
  return inOrder.map((scenario) => {
    const count = held.filter((run) => run.scenario === scenario && run.holds).length;
    return `host lab: ${scenario.name} holds ${count} of ${times}`;
  });
}
