/** The configuration as the tool's environment: the contract with plot.sh. */

import type { Config } from "../../core/config.ts";
import type { Roots } from "../../linux/roots.ts";
import type { Followed } from "./source.ts";

/** `PATH` and locale aside, exactly what plot.sh reads. `followed`: the core that it measures. */
export function toolEnvironment(config: Config, roots: Roots, followed: Followed): Record<string, string> {
  const optional = {
    NSOMEM_PHYSICAL_WARNING_FREE_KIB: config.physical.warning_free,
    NSOMEM_PHYSICAL_CRITICAL_FREE_KIB: config.physical.critical_free,
    NSOMEM_ALLOCATED_WARNING_FREE_KIB: config.allocated.warning_free,
    NSOMEM_ALLOCATED_CRITICAL_FREE_KIB: config.allocated.critical_free,
    NSOMEM_CORE_PID: "pid" in followed ? followed.pid : undefined,
    NSOMEM_CORE_USERS:
      "users" in followed && followed.users.length > 0 ? followed.users.join(" ") : undefined,
  };
  const set = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    // The tool needs no PATH; bash sets a default. C.UTF-8 would cost a locale load.
    LC_ALL: "C",
    ...(process.env.TZ ? { TZ: process.env.TZ } : {}),
    NSOMEM_PROC: roots.procDir,
    NSOMEM_CGROUP: roots.cgroupDir,
    NSOMEM_PHYSICAL_WARNING_PERCENT: String(config.physical.warning_percent),
    NSOMEM_PHYSICAL_CRITICAL_PERCENT: String(config.physical.critical_percent),
    NSOMEM_ALLOCATED_WARNING_PERCENT: String(config.allocated.warning_percent),
    NSOMEM_ALLOCATED_CRITICAL_PERCENT: String(config.allocated.critical_percent),
    NSOMEM_BASIS: config.physical.basis,
    NSOMEM_INTERVAL_MS_MAX: String(config.tool.interval_max),
    NSOMEM_INTERVAL_MS_MIN: String(config.tool.interval_min),
    NSOMEM_WAIT_FD: "0",
    NSOMEM_WITHOUT_CORE: "stay",
    NSOMEM_DATA: "none",
    ...Object.fromEntries(set.map(([name, value]) => [name, String(value)])),
  };
}
