/** A bar of fixed width, for percentages beside their number. */

/** `percent` of `width` cells, filled from the left; anything above 0 shows at least one cell. */
export function bar(percent: number, width: number): string {
  const share = Math.max(0, Math.min(100, percent)) / 100;
  const filled = percent > 0 ? Math.max(1, Math.round(share * width)) : 0;
  return "█".repeat(filled) + "░".repeat(width - filled);
}
