/**
 * The known word nearest to a mistyped one, for error messages that show the way out.
 *
 * Own code: `core` imports nothing but zod, and a library would replace the ten lines of the distance alone.
 */

/**
 * The candidate within an edit distance of a third of the word's length, or undefined; of 2 from four letters on, since
 * two that are exchanged count as 2.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const distanceMax = Math.max(word.length > 3 ? 2 : 1, Math.floor(word.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= distanceMax && (!best || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** Levenshtein distance, by one row at a time: from the first letters of `a` to each beginning of `b`. */
function editDistance(a: string, b: string): number {
  let row = [...b].map((letter, column) => ({ letter, distance: column + 1 }));
  let left = 0;
  for (const [index, own] of [...a].entries()) {
    // Both begin as distances to the empty beginning of `b`.
    let diagonal = index;
    left = index + 1;
    row = row.map(({ letter, distance: above }) => {
      left = Math.min(diagonal + (own === letter ? 0 : 1), left + 1, above + 1);
      diagonal = above;
      return { letter, distance: left };
    });
  }
  return a === "" ? row.length : left;
}
