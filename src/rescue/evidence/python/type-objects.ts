/** Type objects of CPython in the memory of a process: which address is one, its name and the size of its instances. */

import { type MemoryWords, wordAt } from "../memory/words.ts";

export interface PythonType {
  name: string;
  /** Of an instance, with what the garbage collector puts before it. */
  bytes: number;
  bytesPerItem: number;
}

/**
 * The places in a type object (`PyTypeObject` of a 64-bit CPython), unchanged from 3.8 to 3.13: after the reference
 * count and the type (`PyObject`) comes the number of items.
 */
const layout = { type: 8, name: 24, basicSize: 32, itemSize: 40, flags: 168, bytes: 176 };

/** Py_TPFLAGS_HAVE_GC: 16 bytes stand before each instance. */
const hasCollector = 1 << 14;
const collectorBytes = 16;

const basicSizeMax = 100_000;
const itemSizeMax = 64;

/** Undefined where `address` is no type object. */
export function readPythonType(words: MemoryWords, address: number): PythonType | undefined {
  const object = words.bytes(address, layout.bytes);
  if (!object || !isMetaclass(words, wordAt(object, layout.type))) return undefined;
  const name = words.text(wordAt(object, layout.name) ?? 0);
  const basic = wordAt(object, layout.basicSize);
  if (name === undefined || !isTypeName(name) || basic === undefined) return undefined;
  if (basic < 16 || basic > basicSizeMax) return undefined;
  const isCollected = (object.readUInt32LE(layout.flags) & hasCollector) !== 0;
  return {
    name,
    bytes: basic + (isCollected ? collectorBytes : 0),
    bytesPerItem: perItem(name, wordAt(object, layout.itemSize) ?? 0),
  };
}

/** A type is of type `type`, which is of itself, or of a metaclass, which is of type `type`. */
function isMetaclass(words: MemoryWords, address: number | undefined): boolean {
  if (address === undefined) return false;
  const typeOf = (at: number) => words.word(at + layout.type);
  const above = typeOf(address);
  return above !== undefined && (above === address || typeOf(above) === above);
}

/** `collections.OrderedDict`, `<lambda>`-like names of templates too; untrusted, and made safe where it is shown. */
function isTypeName(name: string): boolean {
  return /^[\p{L}\p{N}_.<>-]{1,128}$/u.test(name);
}

function perItem(name: string, itemSize: number): number {
  // A list keeps its items apart, of a text the length stands there; the sign of an int is in its number of items.
  if (name === "list") return 8;
  if (name === "str" || name === "bytearray") return 1;
  return name === "int" || itemSize > itemSizeMax ? 0 : itemSize;
}
