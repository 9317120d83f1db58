/** A status document as it is read back: another process wrote it, and what it says is put on a terminal. */

import { outcomeWords } from "./action.ts";
import { asFlag, asNumber, asText, listOf, mapOf, oneOf, orNull, parts, type Reader, whole } from "./fact.ts";
import { processGroups } from "./group.ts";
import { levels } from "./level.ts";
import { memoryKinds } from "./reading.ts";
import { shown, shownText } from "./shown.ts";
import type { Status } from "./status.ts";

const textLengthMax = 1000;

const textBy =
  (show: (text: string) => string): Reader<string> =>
  (value) => {
    const text = asText(value);
    return text === undefined ? undefined : show(text);
  };
const asShown = textBy((text) => shown(text, textLengthMax));
/** One about a refused configuration has a line for each complaint. */
const asMessage = textBy((text) => shownText(text, { lengthMax: textLengthMax }));

const grower = { group: oneOf([...processGroups, "rest"] as const), name: asShown, pid: orNull(asNumber) };
const growth = whole({ ...grower, now_kib: asNumber, grew_kib: asNumber, over_seconds: asNumber });
const forecast = whole({
  critical_within_seconds: asNumber,
  kib_per_minute: asNumber,
  window_seconds: asNumber,
  grower: orNull(whole(grower)),
  text: asShown,
});

const memory = whole(
  {
    level: oneOf(levels),
    used_kib: asNumber,
    limit_kib: asNumber,
    percent: asNumber,
    warning_percent: asNumber,
    critical_percent: asNumber,
    ceiling: asShown,
    enforced: asFlag,
    age_ms: asNumber,
    forecast: orNull(forecast),
  },
  "age_ms",
  "forecast",
);

const last = whole({ level: oneOf(levels), percent: asNumber, at: asShown });
const blind = whole({
  since: asShown,
  age_ms: asNumber,
  reason: asMessage,
  last: whole({ physical: last, allocated: last }, "physical", "allocated"),
});

const size = { pid: asNumber, rss_kib: asNumber, allocated_kib: asNumber };
const ofProcess = whole(
  { group: oneOf(processGroups), name: asShown, ...size, children: listOf(whole(size)) },
  "children",
);

const action = whole({
  at: asShown,
  kind: oneOf(memoryKinds),
  level: oneOf(levels),
  rule: asShown,
  incident: orNull(asShown),
  action: asShown,
  outcome: oneOf(outcomeWords),
  message: asShown,
  files: listOf(asShown),
});

const outcomes = parts(Object.fromEntries(outcomeWords.map((word) => [word, asNumber])));
/** More kinds than nsomem has of them. */
const kindsMax = 20;

const tool = whole({
  state: oneOf(["running", "restarting", "stopped"] as const),
  pid: orNull(asNumber),
  restarts: asNumber,
  malformed_lines: asNumber,
  source: oneOf(["tool", "in-process"] as const),
});

const configuration = whole({
  file: orNull(asShown),
  loaded: asShown,
  last_reload: orNull(whole({ at: asShown, accepted: asFlag, message: asMessage })),
});

const crashDump = whole({
  outlook: oneOf(["good", "doubtful", "hopeless"] as const),
  path: orNull(asShown),
  room_kib: orNull(asNumber),
  need_kib: orNull(asNumber),
  doubts: listOf(asShown),
});

const asSchema: Reader<1> = (value) => (value === 1 ? 1 : undefined);
const asMode: Reader<0 | 1 | 2> = (value) => ([0, 1, 2] as const).find((mode) => mode === value);

/** The document, its texts safe to be shown; undefined when `value` is none, or lacks what every version writes. */
export const readStatusDocument: Reader<Status> = whole(
  {
    schema: asSchema,
    running: asFlag,
    pid: asNumber,
    since: asShown,
    updated: asShown,
    version: asShown,
    overcommit_mode: asMode,
    dry_run: asFlag,
    may_lower_oom_score: asFlag,
    nso: orNull(whole({ pid: asNumber, name: asShown, conffile: orNull(asShown) })),
    memory: whole({ physical: memory, allocated: memory }, "physical", "allocated"),
    unknown: parts({ physical: asMessage, allocated: asMessage, cgroup: asMessage }),
    blind: orNull(blind),
    processes: listOf(ofProcess),
    everything_else_kib: orNull(asNumber),
    growth: orNull(listOf(growth)),
    configuration,
    tool,
    actions: listOf(action),
    action_counts: mapOf(outcomes, kindsMax),
    crash_dump: orNull(crashDump),
    problems: listOf(asShown),
    left_out: whole({ processes: asNumber, children: asNumber, actions: asNumber, problems: asNumber }),
    // One that is not listed would be lost on the way to its reader.
  } satisfies Record<keyof Status, Reader<unknown>>,
  "may_lower_oom_score",
  "crash_dump",
  "everything_else_kib",
  "growth",
  "unknown",
  "left_out",
  "blind",
  "action_counts",
);
