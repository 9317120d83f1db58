/** The mapped areas of a process: the text of `/proc/PID/maps`. See proc_pid_maps(5). */

export interface MemoryArea {
  /** Bytes; `to` is the first address behind it. */
  from: number;
  to: number;
  /** "rw-p". */
  mode: string;
  /** Where in the file it begins. */
  offset: number;
  /** Empty for anonymous memory, `[heap]` and the like for what the kernel names. */
  path: string;
}

/** The kernel's own bound is 65,530 (vm.max_map_count), unless somebody raised it. */
const areasMax = 200_000;

const form = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) (\S{4}) ([0-9a-f]{1,16}) \S+ \d+ *(.*)$/;

/** In the order of the text; a line that is not understood is left out. */
export function parseMemoryAreas(text: string): MemoryArea[] {
  return text.split("\n", areasMax).flatMap((line): MemoryArea[] => {
    const [, from = "", to = "", mode = "", offset = "", path = ""] = form.exec(line) ?? [];
    if (mode === "") return [];
    return [{ from: hex(from), to: hex(to), mode, offset: hex(offset), path }];
  });
}

/** Private memory that no file stands behind: what a process has allocated. */
export function isAllocated({ mode, path }: MemoryArea): boolean {
  const isAnonymous = path === "" || path === "[heap]" || path.startsWith("[anon:");
  return mode.startsWith("rw") && mode.endsWith("p") && isAnonymous;
}

export type Extent = Pick<MemoryArea, "from" | "to">;

/** The parts of `areas` that lie between two addresses. */
export function areasWithin(areas: readonly MemoryArea[], { from, to }: Extent): MemoryArea[] {
  return areas
    .filter((area) => area.from < to && area.to > from)
    .map((area) => ({ ...area, from: Math.max(area.from, from), to: Math.min(area.to, to) }));
}

/** The parts of `areas` outside of `extents`; both ascend and do not overlap. One look at each. */
export function areasWithout(areas: readonly Extent[], extents: readonly Extent[]): Extent[] {
  const parts: Extent[] = [];
  let next = 0;
  for (const { from, to } of areas) {
    let at = from;
    while (next < extents.length && (extents[next]?.to ?? 0) <= at) next++;
    for (let index = next; at < to; index++) {
      const extent = extents[index];
      const end = Math.min(to, extent?.from ?? to);
      if (end > at) parts.push({ from: at, to: end });
      at = Math.max(at, Math.min(to, extent?.to ?? to));
    }
  }
  return parts;
}

function hex(digits: string): number {
  return Number.parseInt(digits, 16);
}
