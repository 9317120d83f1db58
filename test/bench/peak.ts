/** The most memory that a command had resident. */

import { readFileSync } from "node:fs";

/** The kernel's high-water mark, looked at each 5 ms: wait4's would begin with that of this process (vfork). */
export function watchPeak(pid: number): { stop: () => number } {
  let peakKib = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      peakKib = Math.max(peakKib, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      clearInterval(timer);
    }
  }, 5);
  return {
    stop() {
      clearInterval(timer);
      return (peakKib * 1024) / 1e6;
    },
  };
}
