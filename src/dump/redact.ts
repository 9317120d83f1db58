/**
 * A summary without names that could hold data: an atom may be made of what a user typed, so a registered name, a
 * table's name or an atom in a message stays only where it is the name of loaded code, or one of Erlang's own.
 */

import type { DumpSummary, ProcessIdentity } from "./summary.ts";

export const leftOutName = "(name left out)";

/** The pieces of a message's shape: a quoted atom, a kind such as `integer()`, a plain atom, what is between them. */
const piecesOfShape = /('(?:[^'\\]|\\.)*')|([a-z]+(?: [a-z]+)*\(\))|([a-z][\w@]*)|([{}[\],…])/gy;

export function redactSummary(summary: DumpSummary): DumpSummary {
  const code = new Set(summary.code_names);
  const name = (text: string) => (code.has(text) ? text : leftOutName);
  const maybe = (text: string | null) => (text === null ? null : name(text));
  const identity = <T extends ProcessIdentity>(one: T): T => ({
    ...one,
    name: maybe(one.name),
    started: maybe(one.started),
    in: maybe(one.in),
    under: maybe(one.under),
  });
  const shape = (text: string) => redactShape(text, code);
  const { processes, tables, binaries, atoms, run_queues } = summary;
  return {
    ...summary,
    slogan: summary.slogan === null || isPlainSlogan(summary.slogan) ? summary.slogan : "(left out)",
    processes: {
      ...processes,
      largest: processes.largest.map(identity),
      kinds: processes.kinds.map((kind) => ({ ...kind, what: name(kind.what), under: maybe(kind.under) })),
      longest_queues: processes.longest_queues.map((queue) => ({
        ...identity(queue),
        shapes: queue.shapes.map((one) => ({ ...one, shape: shape(one.shape) })),
      })),
    },
    tables: {
      ...tables,
      largest: tables.largest.map((table) => ({
        ...table,
        name: name(table.name),
        owner: identity(table.owner),
      })),
    },
    binaries: { ...binaries, largest: binaries.largest.map(identity) },
    atoms: { ...atoms, pattern: null },
    run_queues: {
      ...run_queues,
      running: run_queues.running.map((one) => ({ ...one, in: maybe(one.in) })),
    },
  };
}

/** What the emulator and NSO's shutdown say by themselves; a slogan of `erlang:halt/1` is any text. */
function isPlainSlogan(slogan: string): boolean {
  return /^(Received SIGUSR1|\w+_alloc: Cannot (re)?allocate \d+ bytes of memory \(of type "\w+"(, thread \d+)?\)\.?)$/.test(
    slogan,
  );
}

/** Anything that is none of the pieces, such as the half of a quoted atom, makes the whole of it unknown. */
function redactShape(text: string, code: ReadonlySet<string>): string {
  let shape = "";
  let length = 0;
  for (const [piece, quoted, , plain] of text.matchAll(piecesOfShape)) {
    const atom = quoted ?? plain;
    shape += atom === undefined || code.has(atom) ? piece : "atom()";
    length += piece.length;
  }
  return length === text.length ? shape : "term()";
}
