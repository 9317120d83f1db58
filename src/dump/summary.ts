/**
 * What a crash dump says, in figures: what `nsomem dump --json` prints, and what lies in an incident as
 * `dump-summary.json`. Sizes in bytes; keys are added, never renamed.
 *
 * It is written by the process that read the dump, and the dump is another user's: what is read back is checked, and
 * its texts are made safe to be shown.
 */

import {
  asFlag,
  asNumber,
  asText,
  type Fact,
  listOf,
  oneOf,
  orNull,
  type Reader,
  whole,
} from "../core/fact.ts";
import { shown } from "../core/shown.ts";

/** Longer than any name of Erlang, which has 255 characters, in a tuple of some. */
const textLengthMax = 400;

const asShown: Reader<string> = (value) => {
  const text = asText(value);
  return text === undefined ? undefined : shown(text, textLengthMax);
};
const asSchema: Reader<1> = (value) => (value === 1 ? 1 : undefined);

/** A process: its PID, registered name, the function it was started with, the one it is in, its named ancestor. */
const identity = {
  pid: asShown,
  name: orNull(asShown),
  started: orNull(asShown),
  in: orNull(asShown),
  under: orNull(asShown),
};

const readIdentity = whole(identity);
export type ProcessIdentity = Fact<typeof readIdentity>;

const process = whole({
  ...identity,
  /** With its messages, without the binaries that it refers to. */
  memory_bytes: asNumber,
  queue: asNumber,
  binaries_bytes: asNumber,
});

/** Processes of one name, or started with the same function, below the same ancestor. */
const kind = whole({
  what: asShown,
  under: orNull(asShown),
  count: asNumber,
  memory_bytes: asNumber,
  binaries_bytes: asNumber,
  queue: asNumber,
});

/** A queue and the look of its messages: atoms and kinds, never values. */
const queue = whole({
  ...identity,
  length: asNumber,
  looked_at: asNumber,
  shapes: listOf(whole({ shape: asShown, count: asNumber })),
});

/** Tables of one name; type and owner are those of the largest. */
const table = whole({
  name: asShown,
  count: asNumber,
  objects: asNumber,
  bytes: asNumber,
  type: asShown,
  owner: readIdentity,
});

/** Who refers to binaries: in all, to whole ones as the only one, and by slices alone (null: not known). */
const holder = whole({
  ...identity,
  binaries_bytes: asNumber,
  alone_bytes: orNull(asNumber),
  slices_bytes: orNull(asNumber),
});

/** A count and its limit, where the dump says it. */
const share = whole({ count: asNumber, limit: orNull(asNumber) });

const facts = {
  schema: asSchema,
  file: whole({ bytes: asNumber, read: oneOf(["whole", "ledger"] as const), gzip: asFlag }),
  /** `aborted`: at the size limit of ERL_CRASH_DUMP_BYTES. */
  ending: oneOf(["complete", "aborted", "cut"] as const),
  /** The section that a dump which is not complete ends in. */
  cut_in: orNull(asShown),
  /** All figures are there; what may lack are contents: names, messages, who holds which binary. */
  ledger_complete: asFlag,
  slogan: orNull(asShown),
  written: orNull(asShown),
  system: orNull(asShown),
  otp: orNull(asShown),
  /** What the system refused, where the slogan says so. */
  refused: orNull(whole({ allocator: asShown, bytes: asNumber, what: asShown })),
  /** Of the section `=memory`; null where that is lost. */
  memory: orNull(
    whole({
      total_bytes: asNumber,
      processes_bytes: asNumber,
      binary_bytes: asNumber,
      ets_bytes: asNumber,
      code_bytes: asNumber,
      atom_bytes: asNumber,
    }),
  ),
  processes: whole({
    count: asNumber,
    limit: orNull(asNumber),
    /** Beyond a million: only their sums are known. */
    left_out: orNull(whole({ count: asNumber, memory_bytes: asNumber, queue: asNumber })),
    largest: listOf(process),
    kinds: listOf(kind),
    longest_queues: listOf(queue),
  }),
  tables: whole({ count: asNumber, objects: asNumber, bytes: asNumber, largest: listOf(table) }),
  binaries: whole({
    /** In heaps as a whole, of these by several processes, and by slices alone; null where contents are not read. */
    whole_bytes: orNull(asNumber),
    shared_bytes: orNull(asNumber),
    slices_bytes: orNull(asNumber),
    /** By ETS tables, ports, messages on their way, native code. */
    elsewhere_bytes: orNull(asNumber),
    /** So many of them that small ones were counted by samples. */
    is_estimate: asFlag,
    largest: listOf(holder),
  }),
  allocators: whole({
    carriers_bytes: asNumber,
    blocks_bytes: asNumber,
    largest: listOf(whole({ name: asShown, carriers_bytes: asNumber, blocks_bytes: asNumber })),
  }),
  atoms: whole({
    count: asNumber,
    limit: orNull(asNumber),
    /** What the newest atoms look like, digits as N: the commonest look, and how many of those looked at. */
    pattern: orNull(whole({ look: asShown, count: asNumber, looked_at: asNumber })),
  }),
  ports: share,
  timers: asNumber,
  run_queues: whole({
    schedulers: asNumber,
    queued: asNumber,
    running: listOf(whole({ pid: asShown, in: orNull(asShown) })),
  }),
  /** Those of the names above that are names of loaded code or of Erlang's own: no data can be in them. */
  code_names: listOf(asShown),
};

/** The whole document; undefined when `value` is none. */
export const readDumpSummary = whole(facts);

export type DumpSummary = Fact<typeof readDumpSummary>;
export type ProcessRow = DumpSummary["processes"]["largest"][number];
export type ProcessKind = DumpSummary["processes"]["kinds"][number];
export type QueueRow = DumpSummary["processes"]["longest_queues"][number];
export type TableRow = DumpSummary["tables"]["largest"][number];
export type HolderRow = DumpSummary["binaries"]["largest"][number];

/** The file as it lies in an incident; bounded, since it is read back. */
export const summaryFiles = { text: "dump-summary.txt", json: "dump-summary.json" } as const;
export const summaryBytesMax = 1024 * 1024;

/** The document in a text; undefined for anything else. */
export function parseDumpSummary(text: string): DumpSummary | undefined {
  if (text.length > summaryBytesMax) return undefined;
  try {
    return readDumpSummary(JSON.parse(text));
  } catch {
    return undefined;
  }
}
