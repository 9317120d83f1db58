/** The last actions of this agent, for status and for the summary of the run. */

import { type Action, type ActionRecord, wordOf } from "../core/action.ts";

export interface ActionRecords {
  /** A record that is running, until its outcome is assigned to it. */
  begin(action: Pick<Action, "do" | "kind" | "level" | "rule" | "episodeId">): ActionRecord;
  /** Oldest first. */
  all(): readonly ActionRecord[];
}

const recordsMax = 50;

export function createActionRecords(wallMs: () => number): ActionRecords {
  const records: ActionRecord[] = [];
  return {
    begin({ do: spec, kind, level, rule, episodeId }) {
      const record: ActionRecord = {
        atMs: wallMs(),
        kind,
        level,
        rule,
        incident: episodeId,
        action: wordOf(spec),
        outcome: "running",
        message: "",
        files: [],
      };
      records.push(record);
      if (records.length > recordsMax) records.shift();
      return record;
    },
    all: () => records,
  };
}
