/** Text of a child in, whole lines out: a child that never ends its line cannot fill the memory. */

/** Takes decoded text piece by piece; a line over `lengthMax` comes out once, cut, and its rest is dropped. */
export interface LineSplitter {
  push(text: string): string[];
  /** What came after the last newline, at the end of the stream. */
  rest(): string;
}

export function createLineSplitter(lengthMax: number): LineSplitter {
  let pending = "";
  let dropping = false;
  return {
    push(received) {
      const text = received.includes("\0") ? received.replaceAll("\0", "") : received;
      const end = text.lastIndexOf("\n");
      const tail = text.slice(end + 1);
      const lines: string[] = [];
      for (const part of end < 0 ? [] : text.slice(0, end).split("\n")) {
        if (!dropping) lines.push(cut(pending + part));
        pending = "";
        dropping = false;
      }
      if (dropping) return lines;
      pending += tail;
      if (pending.length > lengthMax) {
        lines.push(cut(pending));
        pending = "";
        dropping = true;
      }
      return lines;
    },
    rest: () => plainLine(pending),
  };

  /** One character over the limit is kept, so that the parser sees that the line was too long. */
  function cut(received: string): string {
    const line = plainLine(received);
    return line.length > lengthMax ? line.slice(0, lengthMax + 1) : line;
  }
}

/**
 * A line as it was written, whatever it came through: a terminal (`docker exec -t`) ends it in CR LF, an editor may put
 * a byte order mark before it, and a log that was emptied below its writer (copytruncate) has a hole of NULs.
 */
export function plainLine(line: string): string {
  return line.replace(/^\uFEFF+|\r+$/g, "");
}
