/** The names of the six rules that everyone has (facts 1.2). */
export const inheritedNames = [
  "info_phy",
  "warning_phy",
  "crit_phy",
  "info_alloc",
  "warning_alloc",
  "crit_alloc",
] as const;
