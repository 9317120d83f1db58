/** What of old incidents goes, so that they stay within their quota. */

/** One incident as it is on disk. */
export interface StoredIncident {
  id: string;
  /** All of its files. */
  bytes: number;
  /** Its debug dumps, whole and incomplete ones, and copies of crash dumps. */
  dumps: { count: number; bytes: number };
  /** Something is still done about it. */
  isOpen: boolean;
}

export interface IncidentQuota {
  countMax: number;
  /** Of all incidents together. */
  dumpsMax: number;
  bytesMax: number;
}

/** What is removed of an incident: its dumps, whose record stays, or all of it. */
export interface Removal {
  id: string;
  what: "dumps" | "incident";
  bytes: number;
  because: "count_max" | "dumps_max" | "size_max" | "free_min";
}

/**
 * What goes, the oldest first, of `incidents`, the newest first: what is beyond the quota, and then the dumps that free
 * `wantedBytes` more, where all of them together can. The newest incident and open ones keep everything.
 */
export function removals(
  incidents: readonly StoredIncident[],
  quota: IncidentQuota,
  wantedBytes: number,
): Removal[] {
  const plan = new Map<string, Removal>();
  const oldestFirst = incidents.filter(({ isOpen }, index) => index > 0 && !isOpen).toReversed();
  const gone = ({ id, dumps, bytes }: StoredIncident) => {
    const what = plan.get(id)?.what;
    return what === undefined
      ? { incidents: 0, dumps: 0, bytes: 0 }
      : {
          incidents: Number(what === "incident"),
          dumps: dumps.count,
          bytes: what === "dumps" ? dumps.bytes : bytes,
        };
  };
  const left = (of: "incidents" | "dumps" | "bytes") => {
    const all = { incidents: 1, dumps: 0, bytes: 0 };
    return incidents.reduce(
      (sum, one) => sum + { ...all, dumps: one.dumps.count, bytes: one.bytes }[of] - gone(one)[of],
      0,
    );
  };
  const remove = (what: Removal["what"], because: Removal["because"], isEnough: () => boolean) => {
    for (const one of oldestFirst) {
      if (isEnough()) return;
      const before = plan.get(one.id);
      if (before?.what === "incident" || (what === "dumps" && (before || one.dumps.count === 0))) continue;
      plan.set(one.id, { id: one.id, what, because, bytes: what === "dumps" ? one.dumps.bytes : one.bytes });
    }
  };
  remove("incident", "count_max", () => left("incidents") <= quota.countMax);
  remove("dumps", "dumps_max", () => left("dumps") <= quota.dumpsMax);
  remove("dumps", "size_max", () => left("bytes") <= quota.bytesMax);
  remove("incident", "size_max", () => left("bytes") <= quota.bytesMax);
  const freed = () => [...plan.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  const available = oldestFirst.reduce((sum, one) => sum + (plan.has(one.id) ? 0 : one.dumps.bytes), 0);
  // Evidence is not given away for room that does not come of it.
  if (freed() + available >= wantedBytes) remove("dumps", "free_min", () => freed() >= wantedBytes);
  return [...plan.values()];
}
