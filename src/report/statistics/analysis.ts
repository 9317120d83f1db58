/** What a recording shows in words and figures, without a picture. */

import type { Recording } from "../../core/recording.ts";
import { type Subjects, subjectsOf } from "../series/subject.ts";
import { type Zone, zoneFor } from "../series/zone.ts";
import { findingsOf } from "./finding.ts";
import type { Finding } from "./finding-tone.ts";
import { type Measured, measure } from "./measured.ts";
import { type Recommendation, recommend } from "./recommendation.ts";

export interface Analysis {
  subjects: Subjects;
  zone: Zone;
  table: Measured[];
  findings: Finding[];
  recommendation: Recommendation;
}

export function analyse(recording: Recording): Analysis {
  const subjects = subjectsOf(recording);
  const zone = zoneFor(subjects.meta);
  const table = measure(subjects);
  return {
    subjects,
    zone,
    table,
    findings: findingsOf(recording, subjects, table, zone),
    recommendation: recommend(recording, subjects),
  };
}
