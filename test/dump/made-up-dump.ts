/** The text of a crash dump as OTP 25 writes it, of a few processes, with every section that is read. */

export interface MadeUpProcess {
  pid: string;
  name?: string;
  spawned?: string;
  parent?: string;
  queue?: number;
  memory?: number;
  binaryWords?: number;
  oldBinaryWords?: number;
  current?: string;
  counter?: string;
  messages?: string[];
  heap?: string[];
}

export interface MadeUpDump {
  slogan?: string;
  system?: string;
  processes?: MadeUpProcess[];
  tables?: { owner: string; name: string; words: number; objects: number; type?: string }[];
  modules?: string[];
  binaries?: { address: string; bytes: number }[];
  literals?: string[];
  atoms?: string[];
  atomCount?: number;
  /** Sections that stand before the contents, with their `=`. */
  extra?: string;
  ending?: string;
}

function processText(one: MadeUpProcess): string {
  return `=proc:${one.pid}
State: Waiting
${one.name === undefined ? "" : `Name: ${one.name}\n`}Spawned as: ${one.spawned ?? "proc_lib:init_p/5"}
${one.current === undefined ? "" : `Current call: ${one.current}\n`}Spawned by: ${one.parent ?? "[]"}
Message queue length: ${one.queue ?? 0}
Number of heap fragments: 0
Heap fragment data: 0
Link list: [<0.9.0>, <0.44.0>]
Reductions: 4962
Stack+heap: 610
OldHeap: 987
Heap unused: 363
OldHeap unused: 753
BinVHeap: ${one.binaryWords ?? 0}
OldBinVHeap: ${one.oldBinaryWords ?? 0}
BinVHeap unused: 46422
OldBinVHeap unused: 46421
Memory: ${one.memory ?? 2640}
Program counter: 0x00007fd309608494 (${one.counter ?? "gen_server:loop/7 + 92"})
arity = 0
Internal State: ACT_PRIO_NORMAL | USR_PRIO_NORMAL
`;
}

function contentText({ pid, messages = [], heap = [] }: MadeUpProcess): string {
  const text = (lines: string[]) => lines.map((line) => `${line}\n`).join("");
  return `${messages.length > 0 ? `=proc_messages:${pid}\n${text(messages)}` : ""}=proc_stack:${pid}
y0:N
=proc_heap:${pid}
${text(heap)}`;
}

/** The text up to the contents, which has all figures, and the rest. */
export function madeUpHalves(dump: MadeUpDump = {}): { ledger: string; contents: string } {
  const { processes = [], tables = [], modules = ["scen"], binaries = [], literals = [], atoms = [] } = dump;
  const ledger = `=erl_crash_dump:0.5
Sat Nov 28 19:46:07 2026
Slogan: ${dump.slogan ?? "Received SIGUSR1"}
System version: ${dump.system ?? "Erlang/OTP 25 [erts-13.1.5] [source] [64-bit] [smp:2:2]"}
Taints: 
Atoms: ${dump.atomCount ?? 9260}
Calling Thread: scheduler:1
=scheduler:1
Run Queue Max Length: 0
Run Queue Normal Length: 3
Run Queue Port Length: 1
Current Process: <0.9.0>
Current Process State: Running
Current Process Program counter: 0x00007fd309790738 (gen:do_call/4 + 776)
=scheduler:2
Run Queue Normal Length: 0
Current Process: 
=memory
total: 104857600
processes: 62914560
processes_used: 62914560
system: 41943040
atom: 278697
atom_used: 256429
binary: 20971520
code: 4921214
ets: 10485760
=hash_table:atom_tab
size: 8192
=index_table:atom_tab
size: 10240
limit: 1048576
entries: ${dump.atomCount ?? 9260}
=allocated_areas
process_table: 3145728
port_table: 786432
=allocator:eheap_alloc[0]
versions: 2.1 3.0
mbcs blocks[eheap_alloc] size: 1000 1000 1000
mbcs carriers size: 2000 2000 2000
sbcs blocks[eheap_alloc] size: 500 600 700
sbcs carriers size: 1000 1100 1200
=allocator:eheap_alloc[1]
mbcs blocks[eheap_alloc] size: 100 1 1
mbcs carriers size: 200 2 2
${processes.map(processText).join("")}=port:#Port<0.0>
Slot: 0
=port:#Port<0.3>
Slot: 24
${tables
  .map(
    ({ owner, name, words, objects, type = "set" }) => `=ets:${owner}
Slot: 94651673625024
Table: #Ref<0.1.2.3>
Name: ${name}
Objects: ${objects}
Words: ${words}
Type: ${type}
Protection: protected
`,
  )
  .join("")}=timer:<0.51.0>
Message: refresh_timeout
=node:'nonode@nohost'
=no_distribution
=loaded_modules
${modules.map((name) => `=mod:${name}\nCurrent size: 16256\n`).join("")}=fun
Module: scen
${dump.extra ?? ""}`;
  const contents = `${processes.map(contentText).join("")}=literals
${literals.map((line) => `${line}\n`).join("")}${binaries
  .map(({ address, bytes }) => `=binary:${address}\n${bytes.toString(16).toUpperCase()}:${base64Of(bytes)}\n`)
  .join("")}=atoms
${atoms.map((atom) => `${atom}\n`).join("")}${dump.ending ?? "=end\n"}`;
  return { ledger, contents };
}

export function madeUpDump(dump: MadeUpDump = {}): string {
  const { ledger, contents } = madeUpHalves(dump);
  return ledger + contents;
}

/** What base64 of binaries may hold too: what looks like a heap's line. */
function base64Of(bytes: number): string {
  return "Yc7F".repeat(Math.ceil(bytes / 3));
}

/** Of everything something: what the damaged files are made of. */
export function richDump(): string {
  const workers = Array.from({ length: 60 }, (_, index) => ({
    pid: `<0.${200 + index}.0>`,
    parent: "<0.120.0>",
    memory: 20_000,
    heap: [
      `7F${index.toString(16).toUpperCase().padStart(2, "0")}00:t2:AD:$initial_call,H7FAA${index}0`,
      `7FAA${index}0:t3:A4:scen,AB:holder_init,I1`,
    ],
  }));
  return madeUpDump({
    processes: [
      { pid: "<0.0.0>", name: "init", spawned: "erl_init:start/2", memory: 13_712 },
      {
        ...{ pid: "<0.120.0>", name: "event_sink", parent: "<0.0.0>", memory: 50_000_000, queue: 640 },
        current: "scen:sink_init/1",
        messages: Array.from({ length: 640 }, (_, index) => `H7F01${index.toString(16).toUpperCase()}:N`),
        heap: Array.from(
          { length: 640 },
          (_, index) => `7F01${index.toString(16).toUpperCase()}:t2:AA:$gen_cast,H7F02`,
        ),
      },
      {
        ...{ pid: "<0.121.0>", name: "keeper", memory: 3000, binaryWords: 100_000, oldBinaryWords: 31_072 },
        heap: ["7F03:Yc7FFF01:0:80000", "7F04:Ys7FFF02:0:64:7F03"],
      },
      ...workers,
    ],
    tables: [
      { owner: "<0.121.0>", name: "cdb_cache", words: 1_000_000, objects: 5000 },
      { owner: "<0.121.0>", name: "small", words: 10, objects: 1, type: "bag" },
    ],
    binaries: [
      { address: "7FFF01", bytes: 524_288 },
      { address: "7FFF02", bytes: 100 },
    ],
    literals: ["7F05:t3:A4:scen,A4:init,I1"],
    atoms: Array.from({ length: 300 }, (_, index) => `session_${index}_handler`),
  });
}
