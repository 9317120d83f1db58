/** One piece of evidence: what is taken of one process at one time, or why it cannot be had. */

import type { ProcessGroup } from "../../core/group.ts";
import type { ProcessIdentity } from "../../linux/procfs.ts";

/** Whose evidence it is, and what may be done for it. */
export interface Subject extends ProcessIdentity {
  procDir: string;
  /** Undefined for a JVM or a Python that is not NSO's. */
  group: ProcessGroup | undefined;
  name: string;
  /** Whether a JVM may be asked for its threads and its heap, which takes a SIGQUIT. */
  mayAttach: boolean;
  /** [nso] command. */
  ncs: string | undefined;
  /** Aborted when memory is critical, or the agent stops. */
  stop: AbortSignal;
}

export interface Piece {
  /** "class census". */
  name: string;
  /** Of the file that holds it. */
  file: string;
  timeoutMs: number;
  /** Throws with the reason why it cannot be had. */
  take(subject: Subject): Promise<Found> | Found;
}

export interface Found {
  /** What is worth a sentence of its own; undefined where it is to be looked up only. */
  headline?: string | undefined;
  /** The file's content, safe to be shown. */
  text: string;
  /** The same for programs, where it is more than text. */
  data?: unknown;
}

/** What came of one piece. */
export interface TakenPiece {
  piece: string;
  tookMs: number;
  /** The name of the file that holds it; null where there is none. */
  file: string | null;
  headline: string | null;
  /** Why it cannot be had; null where it was taken. */
  missing: string | null;
  data: unknown;
}
