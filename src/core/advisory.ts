/** Levels that lead to nothing: committed memory where nothing enforces CommitLimit (facts 2.2). */

/** In the sentence of such a level, in logs and in the history; reports know it by that. */
export const advisoryWords = "which nothing enforces here (advisory)";
