/** What was collected from a dump, summed up: who is largest, what stands out, what cannot be known. */

import { shown } from "../core/shown.ts";
import { summariseBinaries } from "./binary-summary.ts";
import { pidText } from "./bytes.ts";
import { codeNamesOf } from "./code-names.ts";
import type { Collected } from "./collected.ts";
import { createIdentities } from "./identities.ts";
import { summariseProcesses } from "./process-summary.ts";
import type { DumpSummary } from "./summary.ts";

export interface DumpFileFacts {
  bytes: number;
  isGzip: boolean;
  isLedgerOnly: boolean;
  ending: DumpSummary["ending"];
}

/** A table of the emulator has so many bytes for each of its places (facts 6.2). */
const bytesPerPlace = 12;
const allocatorsShown = 5;
const tablesShown = 8;
const runningShown = 8;

/** All texts are safe to be shown. */
export function summarise(collected: Collected, file: DumpFileFacts): DumpSummary {
  const { header, memory } = collected;
  const identityOf = createIdentities(collected);
  const slogan = header.get("Slogan");
  const system = header.get("System version");
  const summary: DumpSummary = {
    schema: 1,
    file: { bytes: file.bytes, read: file.isLedgerOnly ? "ledger" : "whole", gzip: file.isGzip },
    ending: file.ending,
    cut_in: file.ending === "complete" || file.isLedgerOnly ? null : lastSectionOf(collected),
    ledger_complete: collected.isLedgerComplete,
    slogan: shownOrNull(slogan),
    written: shownOrNull(collected.written),
    system: shownOrNull(system),
    otp: /OTP (\d+)/.exec(system ?? "")?.[1] ?? null,
    refused: refusedOf(slogan ?? ""),
    memory: memory.has("total") ? memoryOf(memory) : null,
    processes: summariseProcesses(collected, identityOf, limitOf(collected, "process_table")),
    tables: tablesOf(collected, identityOf),
    binaries: summariseBinaries(collected, identityOf, file),
    allocators: allocatorsOf(collected),
    atoms: atomsOf(collected),
    ports: { count: collected.ports, limit: limitOf(collected, "port_table") },
    timers: collected.timers,
    run_queues: runQueuesOf(collected, identityOf),
    code_names: [],
  };
  return { ...summary, code_names: codeNamesOf(summary, collected.modules) };
}

function shownOrNull(text: string | undefined): string | null {
  return text === undefined ? null : shown(text);
}

function lastSectionOf({ lastTag, lastPid }: Collected): string | null {
  if (lastTag === "") return null;
  return shown(lastPid < 0 ? `=${lastTag}` : `=${lastTag}:${pidText(lastPid)}`);
}

/** `eheap_alloc: Cannot allocate 635738744 bytes of memory (of type "heap").` */
function refusedOf(slogan: string): DumpSummary["refused"] {
  const [, allocator, bytes, what] =
    /^(\w+): Cannot (?:re)?allocate (\d{1,15}) bytes of memory \(of type "(\w+)"/.exec(slogan) ?? [];
  if (allocator === undefined || bytes === undefined || what === undefined) return null;
  return { allocator: shown(allocator), bytes: Number(bytes), what: shown(what) };
}

function memoryOf(memory: ReadonlyMap<string, number>): DumpSummary["memory"] {
  const of = (name: string) => memory.get(name) ?? 0;
  return {
    total_bytes: of("total"),
    processes_bytes: of("processes"),
    binary_bytes: of("binary"),
    ets_bytes: of("ets"),
    code_bytes: of("code"),
    atom_bytes: of("atom"),
  };
}

function limitOf({ areas }: Collected, table: string): number | null {
  const bytes = areas.get(table);
  return bytes === undefined ? null : Math.round(bytes / bytesPerPlace);
}

type IdentityOf = ReturnType<typeof createIdentities>;

function tablesOf({ tables }: Collected, identityOf: IdentityOf): DumpSummary["tables"] {
  const all = [...tables.values()];
  const sum = (value: (table: (typeof all)[number]) => number) =>
    all.reduce((total, table) => total + value(table), 0);
  return {
    count: sum(({ count }) => count),
    objects: sum(({ objects }) => objects),
    bytes: sum(({ bytes }) => bytes),
    largest: all
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, tablesShown)
      .map(({ name, count, objects, bytes, largest }) => ({
        name: shown(name),
        ...{ count, objects, bytes },
        type: shown(largest.type),
        owner: identityOf.pid(largest.owner),
      })),
  };
}

function allocatorsOf({ allocators }: Collected): DumpSummary["allocators"] {
  const all = [...allocators].map(([name, { blocks, carriers }]) => ({
    name: shown(name),
    carriers_bytes: carriers,
    blocks_bytes: blocks,
  }));
  return {
    carriers_bytes: all.reduce((sum, one) => sum + one.carriers_bytes, 0),
    blocks_bytes: all.reduce((sum, one) => sum + one.blocks_bytes, 0),
    largest: all
      .filter((one) => one.carriers_bytes > 0)
      .sort((a, b) => b.carriers_bytes - a.carriers_bytes)
      .slice(0, allocatorsShown),
  };
}

/** Digits and long hexadecimal runs are what a program makes its atoms different by. */
function atomsOf({ atoms, atomSample, header }: Collected): DumpSummary["atoms"] {
  const looks = new Map<string, number>();
  for (const atom of atomSample) {
    const look = atom.replace(/^'(.*)'$/, "$1").replaceAll(/[0-9a-fA-F]{8,}|\d+/g, "N");
    looks.set(look, (looks.get(look) ?? 0) + 1);
  }
  const [commonest] = [...looks].sort(([, a], [, b]) => b - a);
  return {
    count: atoms?.count ?? (Number.parseInt(header.get("Atoms") ?? "", 10) || 0),
    limit: atoms?.limit ?? null,
    pattern:
      (commonest && { look: shown(commonest[0]), count: commonest[1], looked_at: atomSample.length }) || null,
  };
}

function runQueuesOf({ schedulers }: Collected, identityOf: IdentityOf): DumpSummary["run_queues"] {
  const running = schedulers.filter(({ process }) => process !== "");
  return {
    schedulers: schedulers.length,
    queued: schedulers.reduce((sum, { queued }) => sum + queued, 0),
    running: running.slice(0, runningShown).map(({ process, call }) => ({
      pid: shown(process),
      in: call === "" ? identityOf.text(process).in : shown(call),
    })),
  };
}
