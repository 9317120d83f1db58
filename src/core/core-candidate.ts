/** Which of the processes that look like NSO's core are taken for it: those of users who may run NSO here. */

/** A process with the command line of a core. */
export interface CoreCandidate {
  pid: number;
  uid: number;
}

/** Whose cores are taken. */
export interface CoreRule {
  /** User numbers: all of one list are equal; those of a later list count only where the earlier ones have no core. */
  ranks: readonly (readonly number[])[];
  /** What is to be said of a core of any other user. */
  objection: string;
}

/** What is known of the file that a candidate executes: who else could have put it there. */
export type ExecutableFinding =
  | { state: "fit" }
  /** `why`: a sentence's end. */
  | { state: "unfit"; why: string }
  | { state: "unreadable"; why: string };

/** A process that looks like NSO and is not followed. */
export interface PassedOver<T> {
  core: T;
  cause: "user" | "unfit" | "unreadable" | "elsewhere";
  why: string;
}

export interface Ranking<T> {
  /** The equals of the first rank that has any: more than one is a question for the operator. */
  taken: T[];
  passedOver: PassedOver<T>[];
}

/** `judge` is asked only of candidates whose user is one of the rule's. */
export function rankCores<T extends CoreCandidate>(
  candidates: readonly T[],
  { ranks, objection }: CoreRule,
  judge: (candidate: T) => ExecutableFinding,
): Ranking<T> {
  const strangers = candidates.filter(({ uid }) => !ranks.some((rank) => rank.includes(uid)));
  const passedOver: PassedOver<T>[] = strangers.map((core) => ({ core, cause: "user", why: objection }));
  for (const rank of ranks) {
    const taken: T[] = [];
    for (const core of candidates.filter(({ uid }) => rank.includes(uid))) {
      const finding = judge(core);
      if (finding.state === "fit") taken.push(core);
      else passedOver.push({ core, cause: finding.state, why: finding.why });
    }
    if (taken.length > 0) return { taken, passedOver };
  }
  return { taken: [], passedOver };
}

/** What an operator is told of it: who it is and why it is not followed, and how to say that it is NSO all the same. */
export function describePassedOver(
  { core: { pid }, cause, why }: PassedOver<CoreCandidate>,
  userName: string,
): { found: string; wayOut: string } {
  const ways = {
    user: `name it with --user ${userName} or --pid ${pid}`,
    unfit: `mend that, or name it with --pid ${pid}`,
    unreadable: `name it with --pid ${pid}`,
    elsewhere: `start nsomem anew for it, with --pid ${pid}`,
  };
  return { found: `PID ${pid} of user ${userName} looks like NSO, but ${why}`, wayOut: ways[cause] };
}
