/** The debug dumps that NSO 6.7 takes by itself, by their names: `debug_dump_2026-04-17T09:12:34.567Z` (facts 3.6). */

/** Its thresholds and ours may be reached some seconds apart. */
const apartMs = 60_000;

/** Those that were begun since shortly before `sinceMs`, the oldest first; `names` are those of its directory. */
export function nsoDumpsSince(names: readonly string[], sinceMs: number): string[] {
  const known = names.flatMap((name) => {
    const time = /^debug_dump_(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)(?:\.[\w.]{1,10})?$/.exec(
      name,
    )?.[1];
    const atMs = time === undefined ? Number.NaN : Date.parse(time);
    return atMs >= sinceMs - apartMs ? [{ name, atMs }] : [];
  });
  return known.toSorted((a, b) => a.atMs - b.atMs).map(({ name }) => name);
}
