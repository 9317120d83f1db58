/** `memory.stat` of a memory cgroup: what the kernel would give back before it kills anything (facts 2.8). */

const fieldsV2 = {
  back: ["inactive_file", "active_file", "slab_reclaimable"],
  busy: ["file_dirty", "file_writeback"],
} as const;
/** With its children's. Version 1 does not say how much of its slab is reclaimable. */
const fieldsV1 = {
  back: ["total_inactive_file", "total_active_file"],
  busy: ["total_dirty", "total_writeback"],
} as const;

/**
 * In bytes: the page cache and the reclaimable slab, less what must be written first. tmpfs is on the anonymous lists,
 * and stays used. A field that is not there counts as 0. plot.sh holds the same rule.
 */
export function reclaimableBytes(stat: string, version: 1 | 2): number {
  const { back, busy } = version === 2 ? fieldsV2 : fieldsV1;
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + bytesOf(stat, name), 0);
  return Math.max(0, sum(back) - sum(busy));
}

function bytesOf(stat: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d{1,15})$`, "m").exec(stat)?.[1] ?? 0);
}
