/** Names by number, each kept once: a hundred thousand processes have a few hundred. */

export interface Names {
  /** The number of `name`; 0 is none. Beyond the bound all further names share one. */
  id(name: string): number;
  /** Undefined for 0. */
  text(id: number): string | undefined;
}

/** More names than this are made up by a program, and say no more. */
const namesMax = 20_000;
export const otherName = "(other)";

export function createNames(): Names {
  const ids = new Map<string, number>();
  const list: (string | undefined)[] = [undefined];
  return {
    id(name) {
      const known = ids.get(name);
      if (known !== undefined) return known;
      if (list.length >= namesMax) return namesMax - 1;
      list.push(list.length === namesMax - 1 ? otherName : name);
      ids.set(name, list.length - 1);
      return list.length - 1;
    },
    text: (id) => list[id],
  };
}
