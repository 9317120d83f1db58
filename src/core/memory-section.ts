/**
 * NSO 6.7's own memory-management in ncs.conf, as ncs.conf(5) has it (facts 3.6). Text in, value out. A file that is
 * cut, or that is broken behind the section, gives no section there.
 */

import { elements } from "./xml-elements.ts";

/** One `<action>` of the section; leaves that are not written are absent. */
export interface MemoryAction {
  name?: string | undefined;
  usedPercent?: number | undefined;
  freeBytes?: number | undefined;
  /** Of its debug-dump: how many, how long until the next, where. */
  count?: number | undefined;
  cooldown?: string | undefined;
  directory?: string | undefined;
}

export interface MemorySection {
  /** Its text in the file. */
  xml: string;
  actions: MemoryAction[];
}

/** The section, or undefined where there is none. Comments and CDATA are passed over. */
export function parseMemorySection(text: string): MemorySection | undefined {
  let startsAt: number | undefined;
  const actions: MemoryAction[] = [];
  for (const { path, opens, closes, at, end, leaf } of elements(text)) {
    if (path === sectionPath && opens) startsAt ??= at;
    if (path === actionPath && opens) actions.push({});
    const action = actions.at(-1);
    if (closes && action && leaf !== undefined && path.startsWith(`${actionPath}/`))
      Object.assign(action, leafOf(path.slice(actionPath.length + 1), leaf));
    if (path === sectionPath && closes && startsAt !== undefined)
      return { xml: text.slice(startsAt, end), actions };
  }
  return undefined;
}

const sectionPath = "/ncs-config/memory-management";
const actionPath = `${sectionPath}/actions/action`;

function leafOf(path: string, value: string): MemoryAction {
  const number = /^\d+$/.test(value) ? Number(value) : undefined;
  switch (path) {
    case "name":
      return { name: value };
    case "used-memory-threshold-percentage":
      return { usedPercent: number };
    case "free-memory-threshold-bytes":
      return { freeBytes: number };
    case "debug-dump/count":
      return { count: number };
    case "debug-dump/cooldown-period":
      return { cooldown: value };
    case "debug-dump/directory":
      return { directory: value };
    default:
      return {};
  }
}

/** A section for ncs.conf that acts where nsomem's own warning does, as an XML fragment. `directory` is absolute. */
export function memorySectionFor(usedPercent: number, directory: string): string {
  return [
    "<memory-management>",
    "  <actions>",
    "    <action>",
    "      <name>nsomem-warning</name>",
    `      <used-memory-threshold-percentage>${Math.round(usedPercent)}</used-memory-threshold-percentage>`,
    "      <debug-dump>",
    "        <count>3</count>",
    "        <cooldown-period>PT10M</cooldown-period>",
    `        <directory>${escaped(directory)}</directory>`,
    "      </debug-dump>",
    "    </action>",
    "  </actions>",
    "</memory-management>",
  ].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
