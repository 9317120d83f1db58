/** The last actions of this agent, for status and for the summary of the run. */

import { type Action, type ActionRecord, wordOf } from "../core/action.ts";

type RecordedAction = Pick<Action, "do" | "kind" | "level" | "rule" | "episodeId">;

export interface ActionRecords {
  /** A record that is running, until its outcome is assigned to it. */
  begin(action: RecordedAction): ActionRecord;
  /** One that is shown only if it is kept. */
  draft(action: RecordedAction): ActionRecord;
  keep(record: ActionRecord): void;
  /** Oldest first. */
  all(): readonly ActionRecord[];
}

const recordsMax = 50;

export function createActionRecords(wallMs: () => number): ActionRecords {
  const records: ActionRecord[] = [];
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
    if (records.length > recordsMax) records.shift();
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
  };
}
