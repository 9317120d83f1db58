/** Who grew over the last minutes: each process of NSO's by itself, and everything else under the same ceiling. Pure. */

import { type Beside, besideWords } from "./beside.ts";
import { isHostCeiling, isSameCeiling } from "./ceiling-name.ts";
import { groups, type ProcessGroup } from "./group.ts";
import { formatKib } from "./units.ts";

/** `rest` is the used memory of the binding ceiling that none of NSO's processes holds. */
export type GrowingGroup = ProcessGroup | "rest";

/** One life of one process: after a restart it is another one, even where the PID is the same. */
export interface ProcessLife {
  group: ProcessGroup;
  /** As the tool names it: `ncs.smp`, `NcsJVMLauncher`, or what the Python VM runs. */
  name: string;
  pid: number;
  startTicks: number;
}

/** Resident memory of a process in KiB; a Python VM's includes its children. */
export interface ProcessUse extends ProcessLife {
  rssKib: number;
}

/** Who holds what at one time, in KiB. */
export interface MemoryUse {
  atMs: number;
  /** The ceiling that `restKib` is under. */
  ceiling: string;
  restKib: number;
  processes: ProcessUse[];
}

/** How much one process, or everything else, grew; within its own life and within one ceiling. */
export interface Growth {
  group: GrowingGroup;
  name: string;
  /** Null for everything else. */
  pid: number | null;
  startTicks: number | null;
  nowKib: number;
  /** Negative when it shrank. */
  grewKib: number;
  /** What `grewKib` was measured over: less than the window for a process that began in it. */
  overMs: number;
  /** Of everything else, where it was looked at: who of those grew most. */
  beside?: Beside | undefined;
}

/** A process that grew, by which its VM is found again. */
export type Grower = Growth & ProcessLife;

/** Appends a look and drops those older than `keepMs`. */
export function takeUse(uses: readonly MemoryUse[], use: MemoryUse, keepMs: number): MemoryUse[] {
  return [...uses.filter(({ atMs }) => atMs <= use.atMs && use.atMs - atMs <= keepMs), use];
}

/** From the oldest look to the newest, who grew most first; empty with fewer than two. */
export function growthOf(uses: readonly MemoryUse[]): Growth[] {
  const last = uses.at(-1);
  if (!last || uses.length < 2) return [];
  return [...last.processes.map((process) => growthOfProcess(process, uses)), growthOfRest(last, uses)].sort(
    (a, b) => b.grewKib - a.grewKib,
  );
}

/**
 * The very process of NSO's that grew most: the core, the JavaVM or one Python VM with its children. Undefined when
 * none grew. Whether something outside of NSO grew more is said by `growth[0].group` being `rest`.
 */
export function nsoGrowerOf(growth: readonly Growth[]): Grower | undefined {
  return growth.find((one): one is Grower => one.group !== "rest" && one.grewKib > 0);
}

const isSameLife = (one: ProcessLife, other: ProcessLife) =>
  one.pid === other.pid && one.startTicks === other.startTicks;
const isSamePart = (one: ProcessLife, other: ProcessLife) =>
  one.group === other.group && one.name === other.name;

/**
 * From when it was first seen. All that a process holds is new when it began within the window and took nobody's place;
 * what a restarted one holds was held by the one before it, so that only the growth of its own life counts.
 */
function growthOfProcess({ rssKib, ...life }: ProcessUse, uses: readonly MemoryUse[]): Growth {
  const firstAt = uses.findIndex(({ processes }) => processes.some((one) => isSameLife(one, life)));
  const isAddition =
    firstAt > 0 && !uses.slice(0, firstAt).some((use) => use.processes.some((one) => isSamePart(one, life)));
  const from = uses[isAddition ? firstAt - 1 : firstAt];
  const heldKib = from?.processes.find((one) => isSameLife(one, life))?.rssKib ?? 0;
  const overMs = (uses.at(-1)?.atMs ?? 0) - (from?.atMs ?? 0);
  return { ...life, nowKib: rssKib, grewKib: rssKib - heldKib, overMs };
}

/** Since the ceiling is this one: what else a cgroup holds does not compare with what else the host holds. */
function growthOfRest(last: MemoryUse, uses: readonly MemoryUse[]): Growth {
  const other = uses.findLastIndex(({ ceiling }) => !isSameCeiling(ceiling, last.ceiling));
  const first = uses[other + 1] ?? last;
  return {
    group: "rest",
    name: everythingElse(last.ceiling),
    pid: null,
    startTicks: null,
    nowKib: last.restKib,
    grewKib: last.restKib - first.restKib,
    overMs: last.atMs - first.atMs,
  };
}

/** What is none of NSO's, in a sentence. */
export function everythingElse(ceiling: string): string {
  return isHostCeiling(ceiling) ? "everything else on the host" : "everything else in the cgroup";
}

/** In a sentence: "the core", "the JavaVM", "Python VM l3vpn", "everything else on the host". */
export function growerName({ group, name }: Pick<Growth, "group" | "name">): string {
  if (group === "rest") return name;
  return group === "pythonvm" ? `${groups[group].label} ${name}` : groups[group].prose;
}

/** In a sentence of its own, where what grew most is not NSO's; undefined where NSO grew most, and where nobody did. */
export function describeStranger([most]: readonly Growth[]): string | undefined {
  if (most?.group !== "rest" || most.grewKib <= 0) return undefined;
  const beside = most.beside ? besideWords(most.beside, most.nowKib) : "";
  return `What grew most is not NSO: over ${seconds(most.overMs)} ${growerName(most)} ${change(most)}${beside}.`;
}

/** A server may have a hundred Python VMs. */
const namedMax = 4;

/**
 * One sentence: "over 300 s the core grew by 1.2 GiB to 3.0 GiB, Python VM l3vpn …", or that it is not known. Those who
 * grew most, and everything else; the others together.
 */
export function describeGrowth(growth: readonly Growth[]): string {
  if (growth.length === 0) return "who grew is not known yet";
  const windowMs = Math.max(...growth.map(({ overMs }) => overMs));
  const own = growth.filter(({ group }) => group !== "rest");
  const named = new Set([...own.slice(0, namedMax), ...growth.filter(({ group }) => group === "rest")]);
  const parts = growth
    .filter((one) => named.has(one) && (one.nowKib > 0 || one.grewKib !== 0))
    .map((one) => {
      const since =
        one.overMs < windowMs && one.group !== "rest" ? ` within ${seconds(one.overMs)} of its start` : "";
      const beside = one.beside ? besideWords(one.beside, one.nowKib) : "";
      return `${growerName(one)} ${change(one)}${beside}${since}`;
    });
  const others = own.slice(namedMax);
  if (others.length > 0)
    parts.push(`${others.length} other${others.length > 1 ? "s" : ""} ${change(sumOf(others))}`);
  return `over ${seconds(windowMs)} ${parts.join(", ")}`;
}

function change({ grewKib, nowKib }: Pick<Growth, "grewKib" | "nowKib">): string {
  const verb = grewKib >= 0 ? `grew by ${formatKib(grewKib)}` : `shrank by ${formatKib(-grewKib)}`;
  return `${verb} to ${formatKib(nowKib)}`;
}

function sumOf(growth: readonly Growth[]): Pick<Growth, "grewKib" | "nowKib"> {
  const sum = (of: (one: Growth) => number) => growth.reduce((total, one) => total + of(one), 0);
  return { grewKib: sum(({ grewKib }) => grewKib), nowKib: sum(({ nowKib }) => nowKib) };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
