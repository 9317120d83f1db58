/** Where a key is in a TOML document, for complaints that come after parsing, when positions are gone. */

export interface Position {
  /** Counted from 1. */
  line: number;
  column: number;
  /** The whole line. */
  text: string;
}

/**
 * The position of the key that `path` leads to; of a value in a list, where that value is written; of what is not
 * written at all, its table, or the first line.
 */
export function positionOf(toml: string, path: readonly PropertyKey[], given?: unknown): Position {
  const lines = toml.split("\n");
  const keys = keyPositions(lines);
  for (let length = path.length; length > 0; length--) {
    const found = keys.get(pathKey(path.slice(0, length)));
    if (!found) continue;
    const inList = typeof path[length] === "number" ? find(lines, found.line, given) : undefined;
    return toPosition(lines, inList ?? found);
  }
  return toPosition(lines, { line: 0, column: 0 });
}

interface Place {
  line: number;
  column: number;
}

/** Every table header and key of the document, by its path. */
function keyPositions(lines: readonly string[]): Map<string, Place> {
  const places = new Map<string, Place>();
  const counts = new Map<string, number>();
  let table: PropertyKey[] = [];
  for (const [line, text] of lines.entries()) {
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(text);
    const key = /^\s*([A-Za-z0-9_."'-]+(?:\s*\.\s*[A-Za-z0-9_"'-]+)*)\s*=/.exec(text)?.[1];
    if (header?.[2]) {
      table = keyParts(header[2]);
      if (header[1] === "[[") {
        const index = counts.get(pathKey(table)) ?? 0;
        counts.set(pathKey(table), index + 1);
        table.push(index);
      }
      note(table, line, text.indexOf("["));
    } else if (key !== undefined) {
      note([...table, ...keyParts(key)], line, text.indexOf(key));
    }
  }
  return places;

  function note(path: readonly PropertyKey[], line: number, column: number): void {
    if (!places.has(pathKey(path))) places.set(pathKey(path), { line, column });
  }
}

function keyParts(text: string): PropertyKey[] {
  return text.split(".").map((part) => part.trim().replace(/^(["'])(.*)\1$/, "$2"));
}

function pathKey(path: readonly PropertyKey[]): string {
  return path.map(String).join("\0");
}

/** Where a value of a list is written, from the line of its key on. */
function find(lines: readonly string[], from: number, given: unknown): Place | undefined {
  if (typeof given !== "string") return undefined;
  for (let line = from; line < lines.length; line++) {
    const column = lines[line]?.indexOf(given, line === from ? lines[line]?.indexOf("=") : 0) ?? -1;
    if (column >= 0) return { line, column };
  }
  return undefined;
}

function toPosition(lines: readonly string[], { line, column }: Place): Position {
  return { line: line + 1, column: column + 1, text: lines[line] ?? "" };
}
