/** What a recording says in words and figures: no picture is drawn for it. */

import type { Recording } from "../../core/recording.ts";
import { type Subjects, subjectsOf } from "../series/subject.ts";
import { type Zone, zoneOf } from "../series/zone.ts";
import { type Finding, findingsOf, type Measured } from "./finding.ts";
import { type Recommendation, recommend } from "./recommendation.ts";
import { measure } from "./table.ts";

export interface Analysis {
  subjects: Subjects;
  zone: Zone;
  table: Measured[];
  findings: Finding[];
  recommendation: Recommendation;
}

export function analyse(recording: Recording): Analysis {
  const subjects = subjectsOf(recording);
  const zone = zoneFor(subjects);
  const table = measure(subjects);
  return {
    subjects,
    zone,
    table,
    findings: findingsOf(recording, subjects, table, zone),
    recommendation: recommend(recording, subjects),
  };
}

/** The zone of the server that was measured; where no run says it, this one's. */
export function zoneFor({ meta }: Subjects): Zone {
  return zoneOf(meta?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
}
