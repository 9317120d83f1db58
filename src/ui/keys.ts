/** What a terminal sends for a key, by name. See console_codes(4) and xterm's control sequences. */

const named: Readonly<Record<string, string>> = {
  ...{ "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left" },
  ...{ "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left" },
  ...{ "\x1b[H": "home", "\x1bOH": "home", "\x1b[1~": "home", "\x1b[7~": "home" },
  ...{ "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end", "\x1b[8~": "end" },
  ...{ "\x1b[5~": "page-up", "\x1b[6~": "page-down" },
  ...{ "\x03": "^C", "\x1c": "^C", "\x1b": "escape" },
};

/** A sequence, or one byte; several keys may come at once. */
const form = /\x1b\[[0-9;]*[A-Za-z~]|\x1bO[A-Za-z]|[\s\S]/g;

export function keysOf(bytes: string): string[] {
  return (bytes.match(form) ?? []).map((sequence) => named[sequence] ?? sequence);
}
