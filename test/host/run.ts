/** Runs scenarios, at most two guests at once; what each said of its claims. */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDeadline } from "../lab/part.ts";
import { type Guest, startGuest } from "./guest.ts";
import { type Booted, bootedGuest, cacheDir, payloadBytes } from "./image.ts";
import type { Scenario } from "./scenario.ts";

export interface Verdict {
  holds: boolean;
  /** What was seen, in the guest's words. */
  detail: string;
}

export interface Outcome {
  /** By the claim's ID. */
  verdicts: Map<string, Verdict>;
  /** Figures that it reported. */
  notes: string[];
  /** Where it ended before its time, and how. */
  trouble: string | undefined;
  seconds: number;
  /** Of a core's time: what it takes beside other guests, too. */
  cpuSeconds: number;
  consoleFile: string;
}

/** The binary and the scenarios as the guest's second disk. Remove it with its directory. */
export function makePayload(nsomem: string): string {
  mkdirSync(cacheDir, { recursive: true });
  const work = mkdtempSync(join(cacheDir, "payload-"));
  const tree = join(work, "tree");
  cpSync(join(import.meta.dir, "payload"), tree, { recursive: true });
  cpSync(join(import.meta.dir, "scenarios"), join(tree, "scenarios"), { recursive: true });
  cpSync(nsomem, join(tree, "nsomem"));
  const image = join(work, "payload.img");
  writeFileSync(image, "");
  truncateSync(image, payloadBytes);
  const made = Bun.spawnSync([
    "mke2fs",
    "-q",
    "-F",
    "-t",
    "ext4",
    "-O",
    "^has_journal",
    "-m",
    "0",
    "-d",
    tree,
    image,
  ]);
  if (!made.success) throw new Error(`mke2fs: ${made.stderr}`);
  rmSync(tree, { recursive: true });
  return image;
}

/**
 * Runs a scenario when one of two places is free, since this is made for two cores and a guest has one processor. A guest
 * is kept for the next scenario where both share it and all that the one claimed holds. What this returns never rejects.
 */
export function createRunner(imageDir: string, payload: string) {
  const places = createPlaces(2);
  const booted = new Map<number, Promise<Booted>>();
  const start = async (scenario: Scenario, label: string): Promise<RunningGuest> => {
    const { memoryMib, reboots } = scenario.guest;
    const image = booted.get(memoryMib) ?? bootedGuest(imageDir, memoryMib);
    booted.set(memoryMib, image);
    const { disk, memory } = await image;
    mkdirSync(join(cacheDir, "consoles"), { recursive: true });
    const consoleFile = join(cacheDir, "consoles", `${label}.log`);
    const options = { imageDir, memoryMib, payload, reboots, consoleFile };
    const guest = startGuest({ ...options, disk, resumeFrom: memory, forgets: true });
    return { guest, memoryMib, consoleFile };
  };
  return async (scenario: Scenario, label: string): Promise<Outcome> => {
    const place = await places.take();
    try {
      const kept = place.kept;
      delete place.kept;
      const fits = scenario.guest.isShared && kept?.memoryMib === scenario.guest.memoryMib;
      if (!fits) await kept?.guest.stop();
      const running = kept && fits ? kept : await start(scenario, label);
      const outcome = await runOne(running, scenario);
      if (scenario.guest.isShared && holdsAll(outcome, scenario) && places.isAwaited()) place.kept = running;
      else await running.guest.stop();
      return outcome;
    } catch (error) {
      return { ...noOutcome(""), trouble: String(error) };
    } finally {
      places.leave(place);
    }
  };
}

interface RunningGuest {
  guest: Guest;
  memoryMib: number;
  /** Named for the first scenario that it ran. */
  consoleFile: string;
}

interface Place {
  kept?: RunningGuest;
}

/** `take` resolves, in the order of the calls, when a place is free. */
function createPlaces(count: number) {
  const waiting: ((place: Place) => void)[] = [];
  const free: Place[] = Array.from({ length: count }, () => ({}));
  return {
    take(): Promise<Place> {
      const place = free.pop();
      return place ? Promise.resolve(place) : new Promise((resolve) => waiting.push(resolve));
    },
    leave(place: Place): void {
      const next = waiting.shift();
      if (next) next(place);
      else free.push(place);
    },
    isAwaited: () => waiting.length > 0,
  };
}

export function holdsAll({ trouble, verdicts }: Outcome, { claims }: Scenario): boolean {
  return trouble === undefined && claims.every(({ id }) => verdicts.get(id)?.holds);
}

const noOutcome = (consoleFile: string): Outcome => ({
  verdicts: new Map(),
  notes: [],
  trouble: undefined,
  seconds: 0,
  cpuSeconds: 0,
  consoleFile,
});

async function runOne({ guest, consoleFile }: RunningGuest, scenario: Scenario): Promise<Outcome> {
  const startedMs = performance.now();
  const cpuBefore = guest.cpuSeconds();
  const outcome = noOutcome(consoleFile);
  try {
    await withDeadline(
      follow(guest, scenario.name, outcome),
      scenario.secondsMax * 1000,
      "the scenario to end",
    );
  } catch (error) {
    outcome.trouble = String(error);
  }
  outcome.cpuSeconds = Math.round(guest.cpuSeconds() - cpuBefore);
  outcome.seconds = Math.round((performance.now() - startedMs) / 100) / 10;
  return outcome;
}

/** Until the guest says `done`. It says `ready` when it came up again, and is told the scenario again. */
async function follow(guest: Guest, name: string, outcome: Outcome): Promise<void> {
  const run = `\n\nrun ${name}`;
  guest.say(run);
  for (;;) {
    const line = await guest.line();
    if (line === undefined) throw new Error("the guest ended before its scenario did");
    const [word, first = "", second, ...rest] = line.split(" ");
    if (word === "ready") guest.say(run);
    if (word === "note") outcome.notes.push(line.slice("note ".length));
    if (word === "claim") outcome.verdicts.set(first, { holds: second === "holds", detail: rest.join(" ") });
    if (word !== "done") continue;
    if (first !== "0") throw new Error(`the scenario ended with ${first}`);
    return;
  }
}

/** What each claim came to, and the figures, in lines. */
export function outcomeLines({ verdicts, notes, trouble }: Outcome): string[] {
  const claims = [...verdicts].map(
    ([id, { holds, detail }]) => `${holds ? "holds" : "FAILS"} ${id}: ${detail}`,
  );
  return [...claims, ...notes, ...(trouble === undefined ? [] : [trouble])].map((line) => `  ${line}`);
}

/** The end of a guest's console, for a test that failed. */
export function consoleTail(consoleFile: string): string {
  try {
    return readFileSync(consoleFile, "utf8").replaceAll("\r", "").slice(-4000);
  } catch {
    return "no console";
  }
}
