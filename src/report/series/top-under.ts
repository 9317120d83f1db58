/** The end of a memory axis that also shows a limit. */

/**
 * At the limit, or at `usedKib`, the highest value or level, where that is above it. Levels at a small part of the limit
 * (24 % of MemTotal) would be pressed to the ground by that: then the axis ends a sixth above `usedKib`.
 */
export function topUnder(limitKib: number, usedKib: number): number {
  return limitKib > 3 * usedKib ? (usedKib * 7) / 6 : Math.max(limitKib, usedKib);
}
