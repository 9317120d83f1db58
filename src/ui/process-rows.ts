/** Who holds memory and who grows: NSO's processes, the largest of many VMs, and all that is none of NSO's. */

import { hostCeiling } from "../core/ceiling-name.ts";
import { groups } from "../core/group.ts";
import { everythingElse, growerName } from "../core/growth.ts";
import type { GrowthStatus, ProcessStatus, Status } from "../core/status.ts";
import { formatKib, formatSeconds } from "../core/units.ts";
import type { Terminal } from "./terminal.ts";
import { cutTo, labelWidth, sentence } from "./wrap.ts";

/** More would push the rest off a screen of 24 lines; the JSON has all. */
const shownMax = 8;
const nameMax = 32;
/** Less is what memory does at any time. */
const growthKibMin = 1024;
const pidWidth = 8;
const sizeWidth = 10;

export function processRows(status: Status, terminal: Terminal): string[] {
  const { processes, left_out: leftOut, memory } = status;
  const { colour, columns } = terminal;
  if (processes.length === 0) return [];
  const shown = largest(processes);
  const room = columns - 1 - labelWidth - pidWidth - 2 * sizeWidth - 3;
  const names = shown.map(nameOf);
  const nameWidth = Math.max(
    4,
    Math.min(room, nameMax, Math.max(...names.map((name) => Bun.stringWidth(name)))),
  );
  const row = (label: string, name: string, pid: string, sizes: string[]) =>
    `${label.padEnd(labelWidth)}${padded(cutTo(name, nameWidth), nameWidth)} ${pid.padStart(pidWidth)} ${sizes.map((size) => size.padStart(sizeWidth)).join(" ")}`.trimEnd();
  const others = status.everything_else_kib ?? undefined;
  const ceiling = memory.physical?.ceiling ?? hostCeiling;
  return [
    colour.dim(row("", "name", "PID", ["RSS", "private"])),
    ...shown.map((one, index) =>
      row(groups[one.group].label, names[index] ?? "", String(one.pid), [
        formatKib(one.rss_kib),
        formatKib(one.allocated_kib),
      ]),
    ),
    ...moreRow(processes, shown, leftOut?.processes ?? 0),
    ...(others === undefined
      ? []
      : [
          `${everythingElse(ceiling).padEnd(labelWidth + nameWidth + pidWidth + 2)} ${formatKib(others).padStart(sizeWidth - 1)}`,
        ]),
  ];
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - Bun.stringWidth(text)));
}

function nameOf({ name, children }: ProcessStatus): string {
  return children?.length ? `${name} +${children.length}` : name;
}

/** In their own order; a core is among them whatever it holds. */
function largest(processes: readonly ProcessStatus[]): ProcessStatus[] {
  const weight = ({ group, rss_kib }: ProcessStatus) =>
    group === "core" ? Number.POSITIVE_INFINITY : rss_kib;
  const kept = new Set(processes.toSorted((a, b) => weight(b) - weight(a)).slice(0, shownMax));
  return processes.filter((one) => kept.has(one));
}

function moreRow(all: readonly ProcessStatus[], shown: readonly ProcessStatus[], leftOut: number): string[] {
  const more = all.length - shown.length + leftOut;
  if (more === 0) return [];
  const kib = all.filter((one) => !shown.includes(one)).reduce((sum, { rss_kib }) => sum + rss_kib, 0);
  return [`and ${more} smaller ones${leftOut === 0 ? `, ${formatKib(kib)} in all` : ""}`];
}

/** Who grew, at most three, in a sentence. */
export function growthRows({ growth }: Status, terminal: Terminal): string[] {
  const grew = growersOf(growth ?? []);
  if (grew.length === 0) return [];
  const parts = grew.map(
    (one) => `${growerName(one)} by ${formatKib(one.grew_kib)} in ${formatSeconds(one.over_seconds * 1000)}`,
  );
  return sentence("grew most", parts.join(", "), terminal);
}

export function growersOf(growth: readonly GrowthStatus[]): GrowthStatus[] {
  return growth.filter(({ grew_kib }) => grew_kib >= growthKibMin).slice(0, 3);
}
