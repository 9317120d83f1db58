/** Which names of a summary are those of loaded code, or Erlang's own: no data of a user can be in them. */

import { erlangNames } from "./erlang-names.ts";
import type { DumpSummary, ProcessIdentity } from "./summary.ts";

/** `modules`: those that the dump lists as loaded. */
export function codeNamesOf(summary: DumpSummary, modules: ReadonlySet<string>): string[] {
  const isCode = (name: string) => {
    const [, module] = /^('(?:[^'\\]|\\.)*'|[^:]+):.+\/\d+$/.exec(name) ?? [];
    return module === undefined ? modules.has(name) || erlangNames.has(name) : modules.has(module);
  };
  return [...new Set(namesIn(summary))].filter(isCode);
}

function namesIn({ processes, tables, binaries, run_queues: { running } }: DumpSummary): string[] {
  const ofProcess = ({ name, started, in: call, under }: ProcessIdentity) => [name, started, call, under];
  return [
    ...[...processes.largest, ...processes.longest_queues, ...binaries.largest].flatMap(ofProcess),
    ...processes.kinds.flatMap(({ what, under }) => [what, under]),
    ...processes.longest_queues.flatMap(({ shapes }) => shapes.flatMap(({ shape }) => atomsIn(shape))),
    ...tables.largest.flatMap(({ name, owner }) => [name, ...ofProcess(owner)]),
    ...running.map((one) => one.in),
  ].filter((name) => name !== null);
}

function atomsIn(shape: string): string[] {
  return shape.match(/'(?:[^'\\]|\\.)*'|[a-z][\w@]*/g) ?? [];
}
