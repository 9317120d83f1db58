/** `/proc/PID/mountinfo`, see proc(5). Text in, value out. */

export interface Mount {
  /** What of its file system is mounted: "/", or the directory of a bind mount or a cgroup. */
  root: string;
  /** Where it is mounted. */
  point: string;
  fsType: string;
  /** Of this mount and of its file system: `noexec`, `hidepid=invisible`. */
  options: string[];
}

/** In the order of the file: of two on one point the last one is seen. A line that is not understood is passed over. */
export function parseMountinfo(text: string): Mount[] {
  return text.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ", 2);
    const [, , , root, point, own] = before?.split(" ") ?? [];
    const [fsType, , ofSystem] = after?.split(" ") ?? [];
    if (root === undefined || point === undefined || own === undefined || fsType === undefined) return [];
    const options = [...own.split(","), ...(ofSystem?.split(",") ?? [])];
    return [{ root: readable(root), point: readable(point), fsType, options }];
  });
}

/** The mount that `path` is on; `path` is absolute and has no link in it. */
export function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  const above = mounts.filter(
    ({ point }) => path === point || path.startsWith(point === "/" ? "/" : `${point}/`),
  );
  const longest = Math.max(...above.map(({ point }) => point.length));
  return above.findLast(({ point }) => point.length === longest);
}

/** Blanks, tabs, line ends and backslashes stand as octal numbers. */
function readable(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
