/** The scenarios: a file each in scenarios/, whose first lines say what it is. README.md here tells how one is written. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

/** What a scenario's guest is. Those with the same one begin from the same memory image. */
export interface GuestKind {
  memoryMib: number;
  /** It comes up again when it reboots; the scenario is then run once more, with BOOT=2. */
  reboots: boolean;
  /** It leaves its guest so that run.sh can make it as it was: the next scenario that shares goes on there. */
  isShared: boolean;
}

export interface Scenario {
  name: string;
  title: string;
  guest: GuestKind;
  /** How long it may take from the guest's start to its end. */
  secondsMax: number;
  /** Why it is not run unless it is named: it does not hold yet, or was not seen to. */
  open: string | undefined;
  claims: { id: string; sentence: string }[];
}

const scenarioDir = join(import.meta.dir, "scenarios");

/** All scenarios by name. Throws naming the file and the line that is wrong. */
export function readScenarios(dir = scenarioDir): Scenario[] {
  return readdirSync(dir)
    .filter((name) => name.endsWith(".sh"))
    .sort()
    .map((name) => parseScenario(basename(name, ".sh"), readFileSync(join(dir, name), "utf8")));
}

/** `text`: a scenario's file. Its first lines, up to the first that is no comment, are read. */
export function parseScenario(name: string, text: string): Scenario {
  const scenario: Scenario = {
    name,
    title: "",
    guest: { memoryMib: 1536, reboots: false, isShared: false },
    secondsMax: 120,
    open: undefined,
    claims: [],
  };
  for (const line of text.split("\n")) {
    if (!line.startsWith("#")) break;
    takeLine(scenario, line);
  }
  if (scenario.title === "") throw new Error(`scenarios/${name}.sh has no line "# title: …"`);
  if (scenario.claims.length === 0) throw new Error(`scenarios/${name}.sh has no line "# claim ID: …"`);
  return scenario;
}

function takeLine(scenario: Scenario, line: string): void {
  const [, key, id, value = ""] =
    /^# (title|guest|seconds|open|claim)(?: ([a-z0-9-]+))?: (.+)$/.exec(line) ?? [];
  if (key === "title") scenario.title = value;
  if (key === "open") scenario.open = value;
  if (key === "seconds") scenario.secondsMax = wholeNumber(value, line);
  if (key === "guest") for (const word of value.split(" ")) takeGuestWord(scenario.guest, word, line);
  if (key !== "claim") return;
  if (id === undefined || scenario.claims.some((claim) => claim.id === id))
    throw new Error(`"${line}": a claim needs an ID of its own: # claim ID: SENTENCE`);
  scenario.claims.push({ id, sentence: value });
}

function takeGuestWord(guest: GuestKind, word: string, line: string): void {
  const memory = /^memory=(\d+)$/.exec(word)?.[1];
  if (memory !== undefined) guest.memoryMib = Number(memory);
  else if (word === "reboots") guest.reboots = true;
  else if (word === "shared") guest.isShared = true;
  else throw new Error(`"${line}": a guest is told by memory=MIB, reboots and shared, not by ${word}`);
}

function wholeNumber(value: string, line: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`"${line}": not a whole number of seconds`);
  return Number(value);
}
