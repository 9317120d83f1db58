import { describe, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { parseDumpSummary } from "../../src/dump/summary.ts";
import { summaryText } from "../../src/dump/summary-text.ts";
import { readText } from "./dump-scene.ts";
import { madeUpDump, madeUpHalves, richDump } from "./made-up-dump.ts";

describe("the figures of a dump", () => {
  test("are those of its sections", async () => {
    const summary = await readText(richDump());
    expect(summary).toMatchObject({
      schema: 1,
      ending: "complete",
      cut_in: null,
      ledger_complete: true,
      slogan: "Received SIGUSR1",
      written: "Sat Nov 28 19:46:07 2026",
      otp: "25",
      refused: null,
      memory: { total_bytes: 104_857_600, processes_bytes: 62_914_560, binary_bytes: 20_971_520 },
      tables: { count: 2, objects: 5001, bytes: 8_000_080 },
      allocators: {
        carriers_bytes: 3200,
        blocks_bytes: 1600,
        largest: [{ name: "eheap_alloc", carriers_bytes: 3200, blocks_bytes: 1600 }],
      },
      atoms: {
        count: 9260,
        limit: 1_048_576,
        pattern: { look: "session_N_handler", count: 300, looked_at: 300 },
      },
      ports: { count: 2, limit: 65_536 },
      timers: 1,
      run_queues: { schedulers: 2, queued: 4, running: [{ pid: "<0.9.0>", in: "gen:do_call/4" }] },
    });
    expect(summary.processes).toMatchObject({ count: 63, limit: 262_144, left_out: null });
    expect(summary.tables.largest[0]).toMatchObject({
      name: "cdb_cache",
      type: "set",
      owner: { pid: "<0.121.0>", name: "keeper" },
    });
  });

  test("of a process are its memory, queue, binaries, name, function and named ancestor", async () => {
    const { processes } = await readText(richDump());
    expect(processes.largest[0]).toEqual({
      pid: "<0.120.0>",
      name: "event_sink",
      started: "proc_lib:init_p/5",
      in: "scen:sink_init/1",
      under: null,
      memory_bytes: 50_000_000,
      queue: 640,
      binaries_bytes: 0,
    });
    expect(processes.largest[1]).toMatchObject({
      name: null,
      started: "scen:holder_init/1",
      in: "gen_server:loop/7",
      under: "event_sink",
    });
  });

  test("group processes of one kind by their $initial_call", async () => {
    const { processes } = await readText(richDump());
    expect(processes.kinds).toContainEqual({
      what: "scen:holder_init/1",
      under: "event_sink",
      count: 60,
      memory_bytes: 1_200_000,
      binaries_bytes: 0,
      queue: 0,
    });
  });

  test("of binaries say what a heap holds whole, what slices keep alive, what is held from elsewhere", async () => {
    const { binaries } = await readText(richDump());
    expect(binaries).toMatchObject({
      whole_bytes: 524_288,
      shared_bytes: 0,
      slices_bytes: 131_072 * 8 - 524_288,
      elsewhere_bytes: 20_971_520 - 131_072 * 8,
      is_estimate: false,
    });
    expect(binaries.largest[0]).toMatchObject({
      name: "keeper",
      alone_bytes: 524_288,
      slices_bytes: 524_288,
    });
  });

  test("of a 32-bit system count words of four bytes", async () => {
    const system = "Erlang/OTP 23 [erts-11.1.8] [source] [smp:2:2]";
    const tables = [{ owner: "<0.1.0>", name: "t", words: 10, objects: 1 }];
    expect((await readText(madeUpDump({ system, tables }))).tables.bytes).toBe(40);
  });

  test("say what the system refused", async () => {
    const slogan = 'eheap_alloc: Cannot allocate 635738744 bytes of memory (of type "heap").';
    expect((await readText(madeUpDump({ slogan }))).refused).toEqual({
      allocator: "eheap_alloc",
      bytes: 635_738_744,
      what: "heap",
    });
  });
});

describe("messages", () => {
  test("are shown by atoms and kinds, never by their values", async () => {
    const messages = [
      ...Array.from({ length: 60 }, (_, index) => `H7F${100 + index}:N`),
      ...Array.from({ length: 60 }, () => "I4711:N"),
    ];
    const heap = Array.from({ length: 60 }, (_, index) =>
      [
        `7F${100 + index}:t4:A8:password,H9F${100 + index},H9E,I4711`,
        `9F${100 + index}:t2:A9:two words,P<0.1.0>`,
        "9E:Yh6:c2VjcmV0",
      ].join("\n"),
    );
    const queue = messages.length;
    const { processes, ...rest } = await readText(
      madeUpDump({ processes: [{ pid: "<0.7.0>", name: "sink", queue, messages, heap }] }),
    );
    const [row] = processes.longest_queues;
    expect(row?.looked_at).toBe(32);
    expect(row?.shapes.map(({ shape }) => shape).sort()).toEqual([
      "integer()",
      "{password,{'two words',pid()},binary(),integer()}",
    ]);
    const all = JSON.stringify({ processes, rest });
    expect(all).not.toContain("4711");
    expect(all).not.toContain("c2VjcmV0");
    expect(all).not.toContain("secret");
  });

  test("of a queue below a hundred are not looked at", async () => {
    const one = { pid: "<0.7.0>", queue: 99, messages: ["I1:N"] };
    expect((await readText(madeUpDump({ processes: [one] }))).processes.longest_queues).toEqual([]);
  });
});

describe("$initial_call", () => {
  const pair = "7F10:t2:AD:$initial_call,H7F20";
  const startedOf = async (heap: string[], literals: string[] = []) => {
    const { processes } = await readText(madeUpDump({ processes: [{ pid: "<0.7.0>", heap }], literals }));
    return processes.largest[0]?.started;
  };
  test("stands on the next line, or near", async () => {
    expect(await startedOf([pair, "7F20:t3:A3:ncs,A4:init,I3"])).toBe("ncs:init/3");
    expect(await startedOf(["7F20:t3:A3:ncs,A4:init,I3", "7F30:N", pair])).toBe("ncs:init/3");
  });
  test("stands among the literals", async () => {
    expect(await startedOf([pair], ["7F21:N", "7F20:t3:AC:Elixir.A.Ncs,A4:init,I3"])).toBe(
      "'Elixir.A.Ncs':init/3",
    );
  });
  test("may be the last line of a file that is cut there", async () => {
    const text = madeUpDump({ processes: [{ pid: "<0.7.0>", heap: [pair] }] });
    const at = text.indexOf(pair) + pair.length;
    expect((await readText(text.slice(0, at + 1))).processes.largest[0]?.started).toBe("proc_lib:init_p/5");
  });
  test("that is nowhere leaves the function that it was spawned with", async () => {
    expect(await startedOf([pair])).toBe("proc_lib:init_p/5");
  });
});

describe("a dump that is not whole", () => {
  test("says in which section it is cut, and keeps all figures behind the ledger", async () => {
    const text = richDump();
    const at = text.indexOf("=proc_heap:<0.121.0>") + 40;
    const summary = await readText(text.slice(0, at));
    expect(summary).toMatchObject({ ending: "cut", cut_in: "=proc_heap:<0.121.0>", ledger_complete: true });
    expect(summary.processes.largest).toHaveLength(15);
    expect(summaryText(summary)).toContain("all figures are there");
  });

  test("within the ledger says that figures are lost, and takes no half number", async () => {
    const text = richDump();
    const at = text.indexOf("Memory: 50000000");
    const summary = await readText(text.slice(0, at + "Memory: 5000".length));
    expect(summary).toMatchObject({ ending: "cut", cut_in: "=proc:<0.120.0>", ledger_complete: false });
    expect(summary.processes.largest.map(({ memory_bytes }) => memory_bytes)).toEqual([13_712]);
  });

  test("by ERL_CRASH_DUMP_BYTES is told apart", async () => {
    const ending = "=abort:CRASH DUMP SIZE LIMIT REACHED\n";
    expect((await readText(madeUpDump({ ending }))).ending).toBe("aborted");
  });

  test("without its first bytes is read all the same", async () => {
    const text = richDump();
    const summary = await readText(text.slice(200));
    expect(summary.slogan).toBeNull();
    expect(summary.processes.count).toBe(63);
  });
});

describe("the ledger alone", () => {
  test("has the same figures, and says that contents were not read", async () => {
    const [whole, ledger] = await Promise.all([
      readText(richDump()),
      readText(richDump(), { isLedgerOnly: true }),
    ]);
    expect(ledger.file.read).toBe("ledger");
    expect(ledger.ledger_complete).toBe(true);
    expect(ledger.memory).toEqual(whole.memory);
    expect(ledger.tables).toEqual(whole.tables);
    expect(ledger.processes.largest.map(({ memory_bytes }) => memory_bytes)).toEqual(
      whole.processes.largest.map(({ memory_bytes }) => memory_bytes),
    );
    expect(ledger.binaries).toMatchObject({ whole_bytes: null, slices_bytes: null });
  });

  test("of a file that holds nothing more is not known to be complete", async () => {
    const { ledger } = madeUpHalves();
    expect((await readText(ledger, { isLedgerOnly: true })).ledger_complete).toBe(false);
  });
});

describe("gzip", () => {
  test("is read through: the same as uncompressed", async () => {
    const text = richDump();
    const summary = await readText(gzipSync(text));
    const plain = await readText(text);
    expect({ ...summary, file: plain.file }).toEqual(plain);
    expect(summary.file.gzip).toBe(true);
  });
  test("that is cut is read as far as it goes", async () => {
    const packed = gzipSync(madeUpDump({ extra: "=proc:<0.7.0>\nMemory: 10\n".repeat(1000) }));
    const summary = await readText(packed.subarray(0, packed.length - 20));
    expect(summary).toMatchObject({ ending: "cut", memory: { total_bytes: 104_857_600 } });
  });
  test("of something else is no crash dump", async () => {
    expect(readText(gzipSync("hello\n"))).rejects.toThrow(
      "the dump is no crash dump of Erlang: what is compressed",
    );
  });
});

describe("what is no crash dump", () => {
  test.each([
    ["", "it is empty"],
    ["hello\n=end\n", 'its first line is not "=erl_crash_dump:…"'],
    ["\u0000".repeat(5000), "its first line is not"],
  ])("%j is named as such", async (text, why) => {
    expect(readText(text)).rejects.toThrow(`the dump is no crash dump of Erlang: ${why}`);
  });
});

describe("large things", () => {
  test("a line longer than the buffer is passed over, and what follows it is read", async () => {
    const long = { pid: "<0.6.0>", name: "sup", memory: 111, heap: ["7F01:N".padEnd(5_000_000, "x")] };
    const extra = `=proc:<0.8.0>\nLink list: [${"<0.9.0>, ".repeat(700_000)}]\nMemory: 222\n`;
    const processes = [long, { pid: "<0.7.0>", memory: 333 }];
    const summary = await readText(madeUpDump({ processes, extra, atoms: ["a_1", "a_2"] }));
    expect(summary.processes.largest.map(({ memory_bytes }) => memory_bytes)).toEqual([333, 222, 111]);
    expect(summary.atoms.pattern).toEqual({ look: "a_N", count: 2, looked_at: 2 });
    expect(summary.ending).toBe("complete");
  });

  test("binaries are skipped by their size, larger than the buffer or across its end", async () => {
    const binaries = Array.from({ length: 40 }, (_, index) => ({ address: `7F${index}`, bytes: 150_000 }));
    binaries.push({ address: "8F00", bytes: 7_000_001 }, { address: "8F01", bytes: 0 });
    const summary = await readText(madeUpDump({ binaries, atoms: ["behind_1"] }));
    expect(summary.atoms.pattern?.look).toBe("behind_N");
    expect(summary.ending).toBe("complete");
  });

  test("a million sections without a process, or of none that is known, do not make it slow", async () => {
    const extra = "=proc:\n=proc_heap:<0.1.1>\n7F:t2:AD:$initial_call,H\n".repeat(500_000);
    const { processes, ending } = await readText(madeUpDump({ extra }));
    // Minutes, were each of them searched for through a whole buffer.
    expect([processes.count, ending]).toEqual([500_000, "complete"]);
  }, 20_000);

  test("beyond a million processes only sums are kept, and said", async () => {
    const one = "=proc:<0.7.0>\nMessage queue length: 2\nMemory: 10\n";
    const extra = one.repeat(1_000_003);
    const { processes } = await readText(madeUpDump({ extra }), { isLedgerOnly: true });
    expect(processes.count).toBe(1_000_003);
    expect(processes.left_out).toEqual({ count: 3, memory_bytes: 30, queue: 6 });
  });
});

test("names of a hostile dump are made safe, and the document can be read back", async () => {
  const name = "'\u001b[2J\u202egone'";
  const summary = await readText(
    madeUpDump({
      slogan: "\u001b]0;title\u0007",
      processes: [{ pid: "<0.7.0>", name, memory: 9_000_000 }],
      tables: [{ owner: "<0.7.0>", name, words: 99, objects: 1 }],
    }),
  );
  expect(summary.processes.largest[0]?.name).toBe("'\\x1b[2J\\u202egone'");
  expect(summaryText(summary)).not.toContain("\u001b");
  expect(parseDumpSummary(JSON.stringify(summary))).toEqual(summary);
});

test("code names are those of loaded modules and Erlang's own", async () => {
  const processes = [
    { pid: "<0.7.0>", name: "scen", spawned: "scen:start/0", memory: 10 },
    { pid: "<0.8.0>", name: "kernel_sup", spawned: "secret:start/0", memory: 9 },
    { pid: "<0.9.0>", name: "user_alice", counter: "scen:loop/1 + 8", memory: 8 },
  ];
  const { code_names: names } = await readText(madeUpDump({ processes, modules: ["scen"] }));
  expect(names.toSorted()).toEqual(["kernel_sup", "scen", "scen:loop/1", "scen:start/0"]);
});
