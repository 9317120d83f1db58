/** NSO's kinds of process, in the order in which they are shown. A new one is a row; the compiler names the rest. */

interface GroupNames {
  /** At the head of a row. */
  label: string;
  /** In a line that is short of room. */
  shortLabel: string;
  /** In a sentence, all processes of the group together. */
  prose: string;
  /** By the inherited layout of data files: the name of the directory, and of a group of one the name of its file. */
  dataDirectory: string;
  /** Whether the tool adds the memory of what a process of the group started to that process. */
  addsChildren: boolean;
}

export const groups = {
  core: {
    label: "core",
    shortLabel: "core",
    prose: "the core",
    dataDirectory: "ncs.smp",
    addsChildren: false,
  },
  javavm: {
    label: "JavaVM",
    shortLabel: "jvm",
    prose: "the JavaVM",
    dataDirectory: "NcsJVMLauncher",
    addsChildren: false,
  },
  pythonvm: {
    label: "Python VM",
    shortLabel: "py",
    prose: "the Python VMs",
    dataDirectory: "python3",
    addsChildren: true,
  },
} as const satisfies Record<string, GroupNames>;

export type ProcessGroup = keyof typeof groups;

/** In the order of the table. */
export const processGroups = Object.keys(groups) as ProcessGroup[];

/** Compares what belongs to a group, so that lists are in the order of the table. */
export function byGroup(a: { group: ProcessGroup }, b: { group: ProcessGroup }): number {
  return processGroups.indexOf(a.group) - processGroups.indexOf(b.group);
}

/** One value for each group. */
export function perGroup<T>(make: (group: ProcessGroup) => T): Record<ProcessGroup, T> {
  return Object.fromEntries(processGroups.map((group) => [group, make(group)])) as Record<ProcessGroup, T>;
}
