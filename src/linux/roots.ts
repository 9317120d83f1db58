/** Where the kernel's files are mounted: made-up directories in tests. */

export interface Roots {
  procDir: string;
  cgroupDir: string;
}

/** Where this process reads what the kernel says of itself, and writes what is its own, whatever the roots are. */
export const ownProcDir = "/proc";

/** The kernel's own mounts, or those that NSOMEM_PROC and NSOMEM_CGROUP name. */
export function kernelRoots(env: Record<string, string | undefined> = process.env): Roots {
  return { procDir: env.NSOMEM_PROC ?? ownProcDir, cgroupDir: env.NSOMEM_CGROUP ?? "/sys/fs/cgroup" };
}
