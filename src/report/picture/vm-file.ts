/** File names of Python VMs, whose names are anybody's. */

/** `mem_NAME` for each VM: no path separators, no two alike, none in the place of the total. */
export function vmFiles(names: readonly string[]): string[] {
  const taken = new Set(["mem_total"]);
  return names.map((name) => {
    const wanted = `mem_${name.replace(/[^A-Za-z0-9._+@-]/g, "_")}`;
    let file = wanted;
    for (let n = 2; taken.has(file); n++) file = `${wanted}_${n}`;
    taken.add(file);
    return file;
  });
}
