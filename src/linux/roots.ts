/** Where the kernel's files are mounted: made-up directories in tests. */

export interface Roots {
  procDir: string;
  cgroupDir: string;
}

/** The real /proc, also where the agent measures a made-up one: of this process and of the children it starts. */
export const ownProcDir = "/proc";

/** The kernel's own mounts, or those that NSOMEM_PROC and NSOMEM_CGROUP name. */
export function kernelRoots(env: Record<string, string | undefined> = process.env): Roots {
  return { procDir: env.NSOMEM_PROC ?? ownProcDir, cgroupDir: env.NSOMEM_CGROUP ?? "/sys/fs/cgroup" };
}
