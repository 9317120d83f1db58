/** A summary of a crash dump in which everything is worth a sentence, for the tests of what is made of it. */

import type { DumpSummary, ProcessIdentity } from "../../src/dump/summary.ts";

const mib = 1024 ** 2;

export function madeUpProcess(changes: Partial<ProcessIdentity> = {}): ProcessIdentity {
  return {
    pid: "<0.120.0>",
    name: "event_sink",
    started: "scen:sink_init/1",
    in: "scen:sink_init/1",
    under: "kernel_sup",
    ...changes,
  };
}

export function madeUpSummary(changes: Partial<DumpSummary> = {}): DumpSummary {
  const sink = madeUpProcess();
  const keeper = madeUpProcess({ pid: "<0.84.0>", name: "prefix_keeper", in: "scen:holder/1", under: null });
  return {
    schema: 1,
    file: { bytes: 400 * mib, read: "whole", gzip: false },
    ending: "complete",
    cut_in: null,
    ledger_complete: true,
    slogan: "Received SIGUSR1",
    written: "Wed Nov 25 16:02:40 2026",
    system: "Erlang/OTP 25 [erts-13.1.5] [source] [64-bit]",
    otp: "25",
    refused: null,
    memory: {
      total_bytes: 1000 * mib,
      processes_bytes: 500 * mib,
      binary_bytes: 300 * mib,
      ets_bytes: 150 * mib,
      code_bytes: 20 * mib,
      atom_bytes: 1 * mib,
    },
    processes: {
      count: 200_000,
      limit: 262_144,
      left_out: null,
      largest: [{ ...sink, memory_bytes: 300 * mib, queue: 1_507_328, binaries_bytes: 0 }],
      kinds: [
        {
          what: "scen:holder_init/1",
          under: null,
          count: 40,
          memory_bytes: 150 * mib,
          binaries_bytes: 0,
          queue: 0,
        },
      ],
      longest_queues: [
        {
          ...sink,
          length: 1_507_328,
          looked_at: 32,
          shapes: [{ shape: "{'$gen_cast',{log_event,integer(),binary(),'it\\'s'}}", count: 30 }],
        },
      ],
    },
    tables: {
      count: 2022,
      objects: 800_000,
      bytes: 140 * mib,
      largest: [
        { name: "cdb_cache", count: 1, objects: 616_809, bytes: 120 * mib, type: "set", owner: keeper },
      ],
    },
    binaries: {
      whole_bytes: 200 * mib,
      shared_bytes: 10 * mib,
      slices_bytes: 60 * mib,
      elsewhere_bytes: 40 * mib,
      is_estimate: false,
      largest: [{ ...keeper, binaries_bytes: 90 * mib, alone_bytes: 30 * mib, slices_bytes: 60 * mib }],
    },
    allocators: {
      carriers_bytes: 1100 * mib,
      blocks_bytes: 1000 * mib,
      largest: [{ name: "eheap_alloc", carriers_bytes: 600 * mib, blocks_bytes: 500 * mib }],
    },
    atoms: {
      count: 900_000,
      limit: 1_048_576,
      pattern: { look: "session_N_handler", count: 1900, looked_at: 2000 },
    },
    ports: { count: 3, limit: 65_536 },
    timers: 1,
    run_queues: { schedulers: 2, queued: 1, running: [{ pid: "<0.9.0>", in: "gen:do_call/4" }] },
    code_names: [
      "scen:sink_init/1",
      "scen:holder_init/1",
      "scen:holder/1",
      "kernel_sup",
      "'$gen_cast'",
      "log_event",
    ],
    ...changes,
  };
}
