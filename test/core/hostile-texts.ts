/** Texts that anyone on the host may put into a name, an argument, a path or a log: one table for every renderer. */

export interface HostileText {
  /** Completes the sentence "…is shown as text". */
  what: string;
  text: string;
}

const range = (from: number, to: number) =>
  String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, index) => from + index));

/** No NUL: arguments and file names cannot hold one. */
export const hostileTexts: HostileText[] = [
  { what: "every C0 code and DEL", text: `c0${range(0x01, 0x1f)}\x7fc0` },
  { what: "every C1 code", text: `c1${range(0x80, 0x9f)}c1` },
  { what: "a title by OSC", text: "esc\x1b]0;PWNED\x07\x1b[2J" },
  { what: "a title by an 8-bit OSC", text: "c1\x9d0;PWNED\x9c\x9b2J" },
  { what: "a colour of its own", text: "red\x1b[31mred\x1b[0m" },
  { what: "text that runs the other way", text: "rtl\u202egpj.exe\u202c\u2066\u2069\u200f\u061c" },
  { what: "lines that are none", text: "a\u2028b\u2029c\u0085d\x0be" },
  { what: "a line of its own", text: "new\n2026-11-23T12:00:00.000+00:00 [ERROR] forged\r\n\tmore" },
  { what: "what nobody sees", text: "in\u200bvis\u2060ible\ufeff\u{e0041}\ufe0f\u3164\u00ad" },
  { what: "no character", text: "non\ufffe\uffff\u{1fffe}" },
  { what: "HTML", text: "<img src=x onerror=alert(1)></script><script>alert(2)</script>" },
  { what: "SVG in an attribute", text: `"><svg/onload=alert(3)>'` },
  {
    what: "Markdown",
    text: "[x](http://example.org) ![y](z) `c` **b** _i_ | t | <http://a.b> &lt; ~~s~~ \\<b>",
  },
  { what: "Object's own", text: "__proto__" },
  { what: "a constructor", text: "constructor" },
  { what: "a path upwards", text: "../../../etc/passwd" },
  { what: "shell code", text: "$(touch pwned)`touch pwned`; '\"" },
  { what: "a hundred kilobytes", text: "\x1b".repeat(100) + "x".repeat(100_000) },
];

/** What may not be in anything that is shown. Newlines and tabs are a renderer's own. */
export const hidden = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
