/** File names of Python VMs, whose own names may hold any character. */

/** File systems take 255 bytes; "mem_", a number and the ending come to this. */
const nameLengthMax = 200;

/** `mem_NAME` for each VM, in ASCII: no path separators, no two alike, none in the place of the total. */
export function withFiles<Vm extends { name: string }>(vms: readonly Vm[]): { vm: Vm; file: string }[] {
  const taken = new Set(["mem_total"]);
  return vms.map((vm) => {
    const wanted = `mem_${vm.name.slice(0, nameLengthMax).replace(/[^A-Za-z0-9._+@-]/g, "_")}`;
    let file = wanted;
    for (let n = 2; taken.has(file); n++) file = `${wanted}_${n}`;
    taken.add(file);
    return { vm, file };
  });
}
