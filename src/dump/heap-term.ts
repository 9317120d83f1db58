/**
 * What a term on a heap looks like: its atoms, which are names of the program, and the kinds of everything else. Never
 * a value: that may be a password.
 */

import { atomAt, atomText } from "./atom-text.ts";
import { newline } from "./bytes.ts";

const lineBytesMax = 400;
const elementsMax = 6;
/** How far from a term its parts are looked for, before it and behind it. */
const partBytesBefore = 2048;
const partBytesBehind = 16_384;

/** The look of the term whose text begins at `at`, right behind its address; tuples within it `depth` deep. */
export function lookOfTerm(buffer: Buffer, at: number, to: number, depth = 2): string {
  const lineEnd = buffer.indexOf(newline, at);
  const end = Math.min(lineEnd < 0 ? to : lineEnd, to, at + lineBytesMax);
  const text = buffer.toString("latin1", at, end);
  switch (text[0]) {
    case "t":
      return lookOfTuple(text, (address) => {
        if (depth <= 1) return "term()";
        const found = findTerm(buffer, at, to, address);
        return found < 0 ? "term()" : lookOfTerm(buffer, found, to, depth - 1);
      });
    case "l":
      return "list()";
    case "Y":
      return "binary()";
    case "M":
      return "map()";
    case "F":
      return "float()";
    default:
      return lookOfElement(text);
  }
}

/** The look of one element, as it stands in a tuple or in a message queue. */
export function lookOfElement(text: string): string {
  switch (text[0]) {
    case "A": {
      const found = atomAt(text, 0);
      return found ? atomText(found.atom) : "atom()";
    }
    case "I":
    case "B":
      return "integer()";
    case "P":
      return "pid()";
    case "p":
      return "port()";
    case "N":
      return "[]";
    case "D":
    case "E":
      return "external()";
    default:
      return "term()";
  }
}

/** `t3:A4:name,I5,H7F00`; an address is looked at by `lookAt`. */
function lookOfTuple(text: string, lookAt: (address: string) => string): string {
  const colon = text.indexOf(":");
  const arity = Number.parseInt(text.slice(1, colon), 16) || 0;
  const looks: string[] = [];
  let at = colon + 1;
  while (colon > 0 && at < text.length && looks.length < Math.min(arity, elementsMax)) {
    const comma = text.indexOf(",", at);
    // An atom may hold commas.
    const end = atomAt(text, at)?.end ?? (comma < 0 ? text.length : comma);
    const element = text.slice(at, end);
    looks.push(element[0] === "H" ? lookAt(element.slice(1)) : lookOfElement(element));
    at = end + 1;
  }
  return `{${looks.join(",")}${arity > looks.length ? ",…" : ""}}`;
}

/** Where the text of the term at `address` begins, near `at`; -1 where it does not. */
function findTerm(buffer: Buffer, at: number, to: number, address: string): number {
  const from = Math.max(0, at - partBytesBefore);
  const near = buffer.subarray(from, Math.min(to, at + partBytesBehind));
  const mark = Buffer.from(`\n${address}:`, "latin1");
  const found = near.indexOf(mark);
  return found < 0 ? -1 : from + found + mark.length;
}
