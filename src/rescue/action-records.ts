/** The last actions of this agent, for status and for the summary of the run. */

import { type Action, type ActionCounts, type ActionRecord, kindOfWord, wordOf } from "../core/action.ts";

type RecordedAction = Pick<Action, "do" | "kind" | "level" | "rule" | "episodeId">;

export interface ActionRecords {
  /** A record that is running, until its outcome is assigned to it. */
  begin(action: RecordedAction): ActionRecord;
  /** One that is shown only if it is kept. */
  draft(action: RecordedAction): ActionRecord;
  keep(record: ActionRecord): void;
  /** Oldest first. */
  all(): readonly ActionRecord[];
  /** How many came to what since the start, also of those that are not kept any more. */
  counts(): ActionCounts;
}

const recordsMax = 50;

export function createActionRecords(wallMs: () => number): ActionRecords {
  const records: ActionRecord[] = [];
  const gone: ActionCounts = {};
  const draft = ({ do: spec, kind, level, rule, episodeId }: RecordedAction): ActionRecord => ({
    atMs: wallMs(),
    kind,
    level,
    rule,
    incident: episodeId,
    action: wordOf(spec),
    outcome: "running",
    message: "",
    files: [],
  });
  const keep = (record: ActionRecord) => {
    if (records.includes(record)) return;
    records.push(record);
    if (records.length <= recordsMax) return;
    // One that is running will come to something yet.
    const oldest = Math.max(
      0,
      records.findIndex(({ outcome }) => outcome !== "running"),
    );
    for (const one of records.splice(oldest, 1)) count(gone, one);
  };
  return {
    begin(action) {
      const record = draft(action);
      keep(record);
      return record;
    },
    draft,
    keep,
    all: () => records,
    counts() {
      const counts = structuredClone(gone);
      for (const record of records) count(counts, record);
      return counts;
    },
  };
}

function count(counts: ActionCounts, { action, outcome }: ActionRecord): void {
  const kind = kindOfWord(action);
  const outcomes = counts[kind] ?? {};
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  counts[kind] = outcomes;
}
