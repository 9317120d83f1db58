/** How far an axis goes under a limit. */

/**
 * Where an axis ends that shows `usedKib`, the highest value or level, under a limit: at the limit. With levels at a
 * small part of it (24 % of MemTotal) that would press everything to the ground: then a sixth above what is used.
 */
export function topUnder(limitKib: number, usedKib: number): number {
  return limitKib > 3 * usedKib ? (usedKib * 7) / 6 : Math.max(limitKib, usedKib);
}
