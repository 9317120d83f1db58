/** One finding, and how it is shown. */

/** A level that was reached, a limit that was kept, or neither. */
export type FindingTone = "critical" | "warning" | "ok" | "note";

export interface Finding {
  tone: FindingTone;
  text: string;
  /** The moment at which the charts show it. */
  atMs?: number | undefined;
}
