/**
 * The tables in which libjvm says where its structures are: `gHotSpotVMStructs` and `gHotSpotVMTypes`, exported for
 * debuggers since JDK 6 (facts 7.3). Read from a JVM's memory, so every word of them may be anything.
 */

import { type MemoryWords, wordAt } from "../memory/words.ts";
import { findSymbols } from "./elf-symbols.ts";

export interface VmField {
  /** In its structure, in bytes. */
  offset: number;
  /** Of a static one. */
  address: number;
}

export interface VmTables {
  /** The first of `keys` ("Klass::_name") that this version has. */
  field(...keys: string[]): VmField | undefined;
  /** Size of a type in bytes. */
  sizeOf(type: string): number | undefined;
}

/** JDK 17 has 2,900 fields and 2,000 types. */
const entriesMax = 20_000;
const strideMax = 256;

/** `base`: where libjvm.so begins. Undefined where there are no such tables. */
export function readVmTables(words: MemoryWords, base: number): VmTables | undefined {
  const structs = tableOf(words, base, "gHotSpotVMStructs", {
    prefix: "gHotSpotVMStructEntry",
    columns: ["TypeName", "FieldName", "Offset", "Address"],
  });
  const types = tableOf(words, base, "gHotSpotVMTypes", {
    prefix: "gHotSpotVMTypeEntry",
    columns: ["TypeName", "Size"],
  });
  if (!structs) return undefined;
  const fields = new Map<string, VmField>();
  for (const [type = 0, name = 0, offset = 0, address = 0] of structs)
    fields.set(`${words.text(type)}::${words.text(name)}`, { offset, address });
  const sizes = new Map<string, number>();
  for (const [type = 0, size = 0] of types ?? []) sizes.set(words.text(type) ?? "", size);
  return {
    field: (...keys) => keys.map((key) => fields.get(key)).find((found) => found !== undefined),
    sizeOf: (type) => sizes.get(type),
  };
}

/** The rows of a table, each with the words of `columns`; undefined where it is not exported. */
function tableOf(
  words: MemoryWords,
  base: number,
  table: string,
  { prefix, columns }: { prefix: string; columns: readonly string[] },
): number[][] | undefined {
  const offsetNames = columns.map((column) => `${prefix}${column}Offset`);
  const strideName = `${prefix}ArrayStride`;
  const symbols = findSymbols(words, base, [table, strideName, ...offsetNames]);
  const wordOf = (name: string) => words.word(symbols.get(name) ?? 0);
  const start = wordOf(table);
  const stride = wordOf(strideName);
  const offsets = offsetNames.map(wordOf);
  if (start === undefined || stride === undefined || stride < 8 || stride > strideMax) return undefined;
  const isWithin = (offset: number | undefined) => offset !== undefined && offset + 8 <= stride;
  if (!offsets.every(isWithin)) return undefined;
  const rows: number[][] = [];
  for (let index = 0; index < entriesMax; index++) {
    const entry = words.bytes(start + index * stride, stride);
    const row = entry && offsets.map((offset = 0) => wordAt(entry, offset) ?? 0);
    // An entry without a type name ends the table.
    if (!row || row[0] === 0) break;
    rows.push(row);
  }
  return rows;
}

/** Flags that are on, of those asked for; empty where the JVM's list of flags is not found. */
export function readVmFlags(
  words: MemoryWords,
  tables: VmTables,
  wanted: readonly string[],
): ReadonlySet<string> {
  const on = new Set<string>();
  // JDK 8 calls the type Flag.
  const type = tables.field("JVMFlag::flags") ? "JVMFlag" : "Flag";
  const [list, length, name, address] = ["flags", "numFlags", "_name", "_addr"].map((field) =>
    tables.field(`${type}::${field}`),
  );
  const stride = tables.sizeOf(type);
  if (!list || !length || !name || !address || !stride || stride > strideMax) return on;
  const start = words.word(list.address) ?? 0;
  const count = Math.min(words.word(length.address) ?? 0, entriesMax);
  for (let index = 0; index < count; index++) {
    const at = start + index * stride;
    const flag = words.text(words.word(at + name.offset) ?? 0);
    if (flag === undefined || !wanted.includes(flag)) continue;
    if (words.bytes(words.word(at + address.offset) ?? 0, 1)?.[0] === 1) on.add(flag);
  }
  return on;
}
