/**
 * Text that came from outside, made safe to be shown: arguments, file names, configuration, log lines, dumps. What a
 * terminal would obey, and what a reader would not see, becomes text such as `\x1b` and `\u202e`.
 *
 * A backslash stays as it is, so that text may pass twice and comes out the same. Nobody reads it back: where the exact
 * value counts it is in JSON (`shownJson`), and what is used (opened, compared) is the value and not its shown form.
 */

/**
 * Control characters (C0, C1), format characters (those of bidirectional text among them), line separators, halves of
 * surrogate pairs, what Unicode lets a font leave out, and what is no character. plot.sh has the same set as ranges; one
 * test holds both together.
 */
const hidden =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** What nearly all text is, found by a class that costs nothing: none of it is hidden. */
const isPlain = (text: string) => /^[\x20-\x7e]*$/.test(text);
const isPlainPage = (text: string) => /^[\x20-\x7e\n\t]*$/.test(text);

/** A name, a path or a message of more characters says no more to a reader. */
const lengthMaxDefault = 200;

/** One value on one line, of at most `lengthMax` characters; where it was cut it ends in "…". */
export function shown(text: string, lengthMax = lengthMaxDefault): string {
  return bounded(text, lengthMax, escapedCharacter);
}

/** A text of several lines, such as all complaints about a configuration. Newlines and tabs stay. */
export function shownText(text: string, { lengthMax = 1000, linesMax = 100 } = {}): string {
  if (text.length <= lengthMax && isPlain(text)) return text;
  const lines = text.split("\n", linesMax + 1);
  const kept = lines.slice(0, linesMax).map((line) => bounded(line, lengthMax, escapedInText));
  return (lines.length > linesMax ? [...kept, "… (more lines were left out)"] : kept).join("\n");
}

/** A whole page, whose values have their bounds already. Newlines and tabs stay. */
export function shownPage(text: string): string {
  return isPlainPage(text) ? text : text.replace(hidden, escapedInText);
}

/** `value` as JSON that a terminal may show: equal to what `JSON.stringify` gives, with more of it as `\uXXXX`. */
export function shownJson(value: unknown, indent?: number): string {
  // JSON itself has newlines between its values alone.
  const json = JSON.stringify(value, null, indent);
  if (isPlainPage(json)) return json;
  return json.replace(hidden, (character) => (character === "\n" ? character : utf16Escapes(character)));
}

function bounded(text: string, lengthMax: number, escapeOne: (character: string) => string): string {
  if (text.length <= lengthMax && isPlain(text)) return text;
  const whole = text.length <= lengthMax ? text.replace(hidden, escapeOne) : undefined;
  if (whole !== undefined && whole.length <= lengthMax) return whole;
  // No character becomes shorter than one, and one may have two halves: what is behind these is cut in any case.
  const pieces = Array.from(text.slice(0, 2 * lengthMax + 2), (piece) => piece.replace(hidden, escapeOne));
  let length = 0;
  let keep = 0;
  for (const [index, piece] of pieces.entries()) {
    length += [...piece].length;
    if (length < lengthMax) keep = index + 1;
  }
  return length <= lengthMax ? pieces.join("") : `${pieces.slice(0, keep).join("")}…`;
}

const shortEscapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** One character by its number: `\\xe9`, `\\u2026`. */
export function escapedCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}

function escapedInText(character: string): string {
  return character === "\n" || character === "\t" ? character : escapedCharacter(character);
}

function utf16Escapes(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
