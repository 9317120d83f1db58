/** Whether the kernel can start a file, by its first bytes. Source: execve(2), the kernel's fs/binfmt_script.c. */

/** As much as the kernel looks at: BINPRM_BUF_SIZE. */
export const headBytes = 256;

export type ScriptHead =
  | { kind: "program" }
  /** `interpreter` and the one argument that the line may give it, as the kernel takes them. */
  | { kind: "script"; interpreter: string; argument: string | undefined }
  /** `reason` completes "PATH …". */
  | { kind: "cannot start"; reason: string };

export function parseHead(head: Uint8Array): ScriptHead {
  if (head.length === 0) return { kind: "cannot start", reason: "is empty" };
  const text = Buffer.from(head.subarray(0, headBytes)).toString("latin1");
  if (text.startsWith("\x7fELF")) return { kind: "program" };
  if (text.startsWith("#!")) return parseFirstLine(text);
  return { kind: "cannot start", reason: reasonOf(text) };
}

function parseFirstLine(text: string): ScriptHead {
  const line = text.slice(2).split("\n", 1)[0] ?? "";
  const isCut = !text.includes("\n") && text.length >= headBytes;
  if (line.endsWith("\r"))
    return {
      kind: "cannot start",
      reason: `has a first line that ends in CR LF, so that its interpreter would be ${JSON.stringify(`${line.trim()}\r`)}; mend it with: sed -i 's/\\r$//'`,
    };
  // Blanks and tabs alone are between the words; the rest of the line is one argument.
  const [, interpreter, argument] = /^[ \t]*([^ \t\0]*)[ \t]*(.*?)[ \t\0]*$/s.exec(line) ?? [];
  if (!interpreter) return { kind: "cannot start", reason: "has a first line #! that names no interpreter" };
  // The kernel refuses a path that does not end within what it looks at; an argument it only cuts.
  if (isCut && !argument)
    return { kind: "cannot start", reason: `has a first line that is longer than ${headBytes} bytes` };
  return { kind: "script", interpreter, argument: argument || undefined };
}

function reasonOf(text: string): string {
  if (/^\xef\xbb\xbf#!/.test(text)) return "begins with a byte order mark, so that its line #! is not seen";
  if (/^(\xff\xfe|\xfe\xff)/.test(text)) return "is UTF-16 text, which the kernel cannot start";
  if (/^\s+#!/.test(text)) return "has something before its #!, which must be the very first two bytes";
  return "is neither a program nor a script whose first line begins with #!";
}
