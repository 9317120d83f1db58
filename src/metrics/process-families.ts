/** Memory of NSO's processes: by group, and of each VM by its name, a bounded number of them. */

import { processGroups } from "../core/group.ts";
import { shown } from "../core/shown.ts";
import type { ProcessStatus, Status } from "../core/status.ts";
import { bytes, type Family, gauge, type Sample } from "./family.ts";

/** Two series each: whoever starts VM after VM must not fill a Prometheus. */
export const vmsMax = 50;
const nameLengthMax = 80;
/** All VMs beyond those, together; no process has this name, since it is none that a package can have. */
export const otherVms = "(others)";

interface Use {
  rssKib: number;
  privateKib: number;
  processes: number;
}

export function processFamilies({ processes, everything_else_kib: elseKib }: Status): Family[] {
  const isMeasured = processes.length > 0;
  const groups = isMeasured ? processGroups : [];
  const groupSamples = (value: (use: Use) => number): Sample[] =>
    groups.map((group) => ({
      labels: { group },
      value: value(sumOf(processes.filter((one) => one.group === group))),
    }));
  const vms = largestVms(processes);
  const vmSamples = (value: (use: Use) => number): Sample[] =>
    vms.map(({ labels, use }) => ({ labels, value: value(use) }));
  const residentBytes = ({ rssKib }: Use) => bytes(rssKib);
  const privateBytes = ({ privateKib }: Use) => bytes(privateKib);
  return [
    gauge(
      "nsomem_group_resident_bytes",
      "Resident memory of NSO's processes, by group.",
      groupSamples(residentBytes),
    ),
    gauge(
      "nsomem_group_private_bytes",
      "Private writable memory of NSO's processes, by group.",
      groupSamples(privateBytes),
    ),
    gauge(
      "nsomem_group_processes",
      "NSO's processes, by group; children of a Python VM count as one with it.",
      groupSamples((use) => use.processes),
    ),
    gauge("nsomem_vm_resident_bytes", `Resident memory of each VM: ${bounded}.`, vmSamples(residentBytes)),
    gauge(
      "nsomem_vm_private_bytes",
      `Private writable memory of each VM: ${bounded}.`,
      vmSamples(privateBytes),
    ),
    gauge(
      "nsomem_everything_else_bytes",
      "Memory used of the binding ceiling that is none of NSO's.",
      elseKib === undefined || elseKib === null ? undefined : bytes(elseKib),
    ),
  ];
}

const bounded = `the ${vmsMax} largest by name, the others together`;

/** Those of one name together, since a series has one value; behind the largest, all others of a group. */
function largestVms(processes: readonly ProcessStatus[]): { labels: Sample["labels"]; use: Use }[] {
  const vms = processes.filter(({ group }) => group !== "core");
  const named = Map.groupBy(vms, ({ group, name }) => `${group} ${shown(name, nameLengthMax)}`);
  const largest = [...named.values()].toSorted((a, b) => sumOf(b).rssKib - sumOf(a).rssKib);
  const others = Map.groupBy(largest.slice(vmsMax).flat(), ({ group }) => group);
  return [
    ...largest.slice(0, vmsMax).map((all) => {
      const [{ group, name } = noVm] = all;
      return { labels: { group, name: shown(name, nameLengthMax) }, use: sumOf(all) };
    }),
    ...[...others].map(([group, all]) => ({ labels: { group, name: otherVms }, use: sumOf(all) })),
  ];
}

/** No list of `Map.groupBy` is empty. */
const noVm = { group: "pythonvm", name: otherVms };

function sumOf(processes: readonly ProcessStatus[]): Use {
  const sum = (value: (one: ProcessStatus) => number) => processes.reduce((all, one) => all + value(one), 0);
  return {
    rssKib: sum(({ rss_kib }) => rss_kib),
    privateKib: sum(({ allocated_kib }) => allocated_kib),
    processes: processes.length,
  };
}
