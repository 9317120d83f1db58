/**
 * ncs.conf without its secrets. What is kept is written anew from its elements: nothing goes over that was not
 * understood, so that neither a comment nor broken XML carries a key along. Text in, value out.
 */

import { isPlainValue, isSecretName, masked, withoutSecrets } from "./secret-text.ts";
import { elements } from "./xml-elements.ts";

export interface ConfOptions {
  /** Values that are no number, switch, duration or path are left out too. */
  isStrict: boolean;
}

/** Under it everything is a key, or a command that gives one. */
const secretSections = new Set(["encrypted-strings", "crypt-hash", "package-authentication"]);

/** Elements without attributes, texts without comments; a secret's text reads "(left out)". */
export function confWithoutSecrets(text: string, { isStrict }: ConfOptions): string {
  const out: string[] = [];
  const open: { name: string; isSecret: boolean }[] = [];
  const isWithinSecret = () => open.at(-1)?.isSecret ?? false;
  let from = 0;
  for (const { name: written, opens, closes, at, end } of elements(text)) {
    const name = nameForm.test(written) ? written : "unknown";
    out.push(keptText(text.slice(from, at), { isSecret: isWithinSecret(), isStrict }));
    from = end;
    if (opens) {
      const isSecret = isWithinSecret() || secretSections.has(name) || isSecretName(name);
      out.push(closes ? `<${name}/>` : `<${name}>`);
      if (!closes) open.push({ name, isSecret });
    } else {
      // It closes what is open, whatever it calls it.
      out.push(`</${open.pop()?.name ?? name}>`);
    }
  }
  out.push(keptText(text.slice(from), { isSecret: isWithinSecret(), isStrict }));
  return out.join("");
}

/** Of elements in ncs.conf: what else stands in a tag's place may be a value. */
const nameForm = /^[A-Za-z][\w.-]{0,60}$/;

/** The blanks around it stay, so that the file reads as it did. */
function keptText(text: string, { isSecret, isStrict }: { isSecret: boolean; isStrict: boolean }): string {
  const bare = text.replace(notText, "").replace(/\n\s*\n/g, "\n");
  const value = bare.trim();
  if (value === "") return bare;
  const kept = isSecret || /[<>]/.test(text.replace(notText, "")) ? masked : withoutSecrets(value);
  const shown = isStrict && kept !== masked && !isPlainValue(value) ? masked : kept;
  return `${/^\s*/.exec(bare)?.[0] ?? ""}${shown}${/\s*$/.exec(bare)?.[0] ?? ""}`;
}

/** Comments, instructions, declarations; of a CDATA section what it holds goes too: nobody writes a path in one. */
const notText =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<!DOCTYPE[\s\S]*?(?:\]\s*>|$)|<![^<>]*>/g;
