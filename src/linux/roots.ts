/** Where the kernel's files are mounted: made-up directories in tests. */

/** Where this process and its children are found: the real /proc, also when tests make up `Roots.procDir`. */
export const ownProcDir = "/proc";

export interface Roots {
  procDir: string;
  cgroupDir: string;
}

/** The kernel's own mounts, or those that NSOMEM_PROC and NSOMEM_CGROUP name. */
export function kernelRoots(env: Record<string, string | undefined> = process.env): Roots {
  return { procDir: env.NSOMEM_PROC ?? "/proc", cgroupDir: env.NSOMEM_CGROUP ?? "/sys/fs/cgroup" };
}
