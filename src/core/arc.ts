/** The ARC, ZFS's own cache: what `/proc/spl/kstat/zfs/arcstats` says of it. */

/**
 * What it would give back in KiB: `size` less `c_min`, below which it does not shrink (facts 2.9). Lines are
 * `NAME TYPE VALUE`, in bytes. Undefined where the text has not both.
 */
export function parseArcKib(text: string): number | undefined {
  const bytes = (name: string) => text.match(new RegExp(`^${name} +\\d+ +(\\d{1,15})$`, "m"))?.[1];
  const size = bytes("size");
  const least = bytes("c_min");
  if (size === undefined || least === undefined) return undefined;
  return Math.max(0, Math.floor((Number(size) - Number(least)) / 1024));
}
