/** Who a process is: its name, the function it was started with, the one it is in, its nearest named ancestor. */

import { shown } from "../core/shown.ts";
import { pidKeyOf, pidText } from "./bytes.ts";
import type { Collected } from "./collected.ts";
import type { ProcessIdentity } from "./summary.ts";

export interface Identities {
  row(row: number): ProcessIdentity;
  /** By its key; one that is not in the dump has its PID alone. */
  pid(key: number): ProcessIdentity;
  text(pid: string): ProcessIdentity;
  /** Its name, else the function it was started with, as a number of the names; 0 where neither is known. */
  what(row: number): number;
  /** The name of the nearest ancestor that is alive and has one, as a number of the names; 0 where there is none. */
  under(row: number): number;
}

/** Supervisors stand some levels above each other; more of them are a circle in a damaged file. */
const ancestorsMax = 50;

export function createIdentities({ processes, names }: Collected): Identities {
  const { columns } = processes;
  const started = (row: number) => columns.initial[row] || columns.spawned[row] || 0;
  const textOf = (id: number | undefined) => {
    const text = id ? names.text(id) : undefined;
    return text === undefined ? null : shown(text);
  };
  const identities: Identities = {
    row: (row) => ({
      pid: pidText(columns.pid[row] ?? -1),
      name: textOf(columns.name[row]),
      started: textOf(started(row)),
      in: textOf(columns.current[row]),
      under: textOf(identities.under(row)),
    }),
    pid(key) {
      const row = processes.lookUp(key);
      if (row >= 0) return identities.row(row);
      return { pid: pidText(key), name: null, started: null, in: null, under: null };
    },
    text: (pid) => identities.pid(pidKeyOf(pid)),
    what: (row) => columns.name[row] || started(row),
    under(row) {
      let at = row;
      for (let hops = 0; hops < ancestorsMax; hops++) {
        const parent = columns.parent[at] ?? -1;
        at = parent < 0 ? -1 : processes.lookUp(parent);
        // The first process is everyone's ancestor.
        if (at < 0 || columns.pid[at] === 0) return 0;
        const name = columns.name[at] ?? 0;
        if (name !== 0) return name;
      }
      return 0;
    },
  };
  return identities;
}
