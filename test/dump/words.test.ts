import { describe, expect, test } from "bun:test";
import { summaryText } from "../../src/dump/summary-text.ts";
import { dumpWords } from "../../src/dump/words.ts";
import { madeUpProcess, madeUpSummary } from "./made-up-summary.ts";

const mib = 1024 ** 2;
const wordsOf = (changes: Parameters<typeof madeUpSummary>[0] = {}) => dumpWords(madeUpSummary(changes));

test("each that stands out has its sentence, =memory first", () => {
  expect(wordsOf()).toEqual([
    "1000 MiB in use: processes with their messages 500 MiB (50 %), binaries 300 MiB (30 %), ETS tables 150 MiB (15 %), other 29.0 MiB (2.9 %), code 20.0 MiB (2.0 %).",
    "One process has 30 %: event_sink <0.120.0>, 300 MiB, in scen:sink_init/1.",
    "40 processes of one kind (scen:holder_init/1) together have 15 %: 150 MiB.",
    "1,507,328 messages wait for event_sink <0.120.0>, in scen:sink_init/1. 30 of 32 looked at are {'$gen_cast',{log_event,integer(),binary(),'it\\'s'}}.",
    "prefix_keeper <0.84.0> refers to 90.0 MiB of binaries, 30.0 MiB of them held by it alone.",
    "Of 300 MiB of binaries, heaps hold 200 MiB whole (10.0 MiB by several processes) and 60.0 MiB by slices alone; 40.0 MiB are held from elsewhere: ETS tables, ports, messages on their way, native code.",
    "prefix_keeper <0.84.0> keeps 60.0 MiB alive by slices of them.",
    "The ETS table cdb_cache has 12 %: 120 MiB, 616,809 objects, owner prefix_keeper <0.84.0>.",
    "900,000 atoms are 86 % of the limit at which the core ends. 95 % of the newest are like 'session_N_handler'.",
    "200,000 processes are 76 % of the limit.",
  ]);
});

const memoryOf = (total: number) => ({
  total_bytes: total,
  processes_bytes: total,
  binary_bytes: 0,
  ets_bytes: 0,
  code_bytes: 0,
  atom_bytes: 0,
});

describe("the boundaries of what is worth a sentence", () => {
  const oneProcess = (memory_bytes: number) =>
    wordsOf({
      memory: memoryOf(1000 * mib),
      processes: {
        ...{ count: 1, limit: null, left_out: null, kinds: [], longest_queues: [] },
        largest: [{ ...madeUpProcess(), memory_bytes, queue: 0, binaries_bytes: 0 }],
      },
      tables: { count: 0, objects: 0, bytes: 0, largest: [] },
      atoms: { count: 10, limit: 100, pattern: null },
    });
  test("a process of exactly a tenth has none, and nothing then stands out", () => {
    expect(oneProcess(100 * mib)).toContain("No single process, table or kind of process stands out.");
  });
  test("a process above a tenth has one", () => {
    expect(oneProcess(101 * mib)[1]).toStartWith("One process has 10 %");
  });
  test("a queue of 999 messages has none, of 1,000 one", () => {
    const queue = (length: number) => {
      const { processes } = madeUpSummary();
      const longest_queues = [{ ...madeUpProcess(), length, looked_at: 0, shapes: [] }];
      return wordsOf({ processes: { ...processes, longest_queues } }).join("\n");
    };
    expect(queue(999)).not.toContain("messages wait");
    expect(queue(1000)).toContain("1,000 messages wait for event_sink");
  });
});

test("a cut dump says first where it ends and what is lost", () => {
  const [first] = wordsOf({ ending: "cut", cut_in: "=proc_heap:<0.79.0>" });
  expect(first).toBe(
    "The dump is cut, or still being written: it ends in =proc_heap:<0.79.0> after 400 MiB; all figures are there, some names and contents may not be.",
  );
  const [ledger] = wordsOf({ ending: "aborted", cut_in: "=proc:<0.79.0>", ledger_complete: false });
  expect(ledger).toContain("ends at its size limit in =proc:<0.79.0>");
  expect(ledger).toContain("figures of processes or tables are lost");
});

test("what the system refused is said", () => {
  const refused = { allocator: "eheap_alloc", bytes: 635_738_744, what: "heap" };
  expect(wordsOf({ refused })).toContain(
    'The system refused 606 MiB for "heap" (eheap_alloc), so the core ended by itself.',
  );
});

test("processes beyond the millionth are summed up", () => {
  const { processes } = madeUpSummary();
  const left_out = { count: 151_424, memory_bytes: 30 * mib, queue: 12 };
  expect(wordsOf({ processes: { ...processes, left_out } }).at(-1)).toBe(
    "Of 151,424 further processes only the sums are known: 30.0 MiB, 12 messages waiting.",
  );
});

test("where =memory is lost, the dump says so and its processes are shown all the same", () => {
  const text = summaryText(madeUpSummary({ memory: null }));
  expect(text).toContain("What the memory was used for is not in the dump.");
  expect(text).toContain("<0.120.0>");
});

test("the page has every part", () => {
  const text = summaryText(madeUpSummary());
  expect(text).toStartWith("Received SIGUSR1 · Wed Nov 25 16:02:40 2026 · OTP 25 · 400 MiB\n\nWhat used");
  for (const part of [
    "  <0.120.0>       300 MiB  1,507,328        0 B  event_sink, started with scen:sink_init/1, in scen:sink_init/1, under kernel_sup",
    "         40 × scen:holder_init/1: 150 MiB, binaries 0 B",
    "30 of 32 looked at: {'$gen_cast',{log_event,integer(),binary(),'it\\'s'}}",
    "ETS tables: 2,022, 800,000 objects, 140 MiB",
    "Allocators: 1.1 GiB taken from the system, 1000 MiB of it in use (91 %): eheap_alloc 600 MiB at 83 %.",
    "Limits: 200,000 processes of 262,144 (76 %), 900,000 atoms of 1,048,576 (86 %), 3 ports of 65,536 (0.0 %), 1 timer.",
    "Run queues: 1 waiting in those of 2 schedulers; running: <0.9.0> in gen:do_call/4.",
  ])
    expect(text).toContain(part);
});
