/**
 * What of a text must not be passed on: names that stand for secrets, and values that are secrets by their look.
 * Text in, value out. Rather too much than too little: a number or a path is never among it.
 */

/** Stands for what was left out. */
export const masked = "(left out)";

const secretName =
  /pass(?!ive)|pwd|secret|(?<!monk|turk)key|token|credential|cipher|digest|communit|private|signature|crypt|hash|salt|init-?vector|seed|cookie|session-?id|authori[sz]ation|^auth$|^pin$|^iv$/i;

/** `key-file`, `ssh-server-key-dir`: where a secret lies, which is none. */
const placeName = /(?:file|filename|dir|directory|path|size|enabled|timeout|interval|algorithm|store-type)$/i;

/** Whether an element, a variable or an option of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return secretName.test(name) && !placeName.test(name);
}

/** A value that tells no secret whatever its name is: a number, a size, a duration, a word of switches, a path. */
export function isPlainValue(text: string): boolean {
  return plain.test(text) && !looksSecret(text);
}

const plain =
  /^(?:|-?\d+(?:\.\d+){0,3}|S?\d+[KMGT]?i?B?|P(?:\d+[YMWD])*(?:T(?:\d+(?:\.\d+)?[HMS])+)?|true|false|yes|no|on|off|enabled|disabled|infinity|unlimited|unbounded|none|in-memory-v1|on-demand-v1|(?:\$\{?NCS_[A-Z_]+\}?|\.{0,2})(?:\/[\w.+@-]{1,64}){1,20}\/?)$/i;

/** NSO's encrypted strings and the hashes of crypt(3), keys in PEM, and long texts of base64 or hexadecimal digits. */
const secretValue =
  /\$(?:\d|[a-z]\d?|[0-9a-z]+-[\w-]+)\$[^\s"'<>]+|-----BEGIN[^-]*-----[\s\S]*?(?:-----END[^-]*-----|$)|(?<![\w+/=-])(?=[\w+=-]*\d)[A-Za-z0-9+_=-]{32,}(?![\w+=-])|(?<![\w+/=])[A-Za-z0-9+/]{60,}={0,2}(?![\w+/=])/g;

const inUrl = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"'<>]{1,256}@/gi;
const afterScheme = /\b(Bearer|Basic|Digest)\s+[^\s"'<>,;]+/gi;
/** `name=value`, `"name": "value"`, `--name value`, `-Dname=value`: quoted to the quote, else to the next blank. */
const named =
  /(?<name>[A-Za-z_][\w.-]{0,80})(?<between>["']?\s{0,3}(?:=|:(?!:|\/\/)|=>)\s{0,3}|(?<=--[\w.-]{1,80})\s{1,3})(?<value>"[^"]*"?|'[^']*'?|[^\s,;&"']+)/g;
/** `<name …>value</name>` on one line. */
const element = /<(?<open>[\w:.-]{1,80})(?<rest>[^<>]*)>(?<value>[^<]+)/g;

/** The same text without what is a secret by its name or by its look. */
export function withoutSecrets(text: string): string {
  return text
    .replace(inUrl, `$1${masked}@`)
    .replace(afterScheme, `$1 ${masked}`)
    .replace(element, (whole, open: string, rest: string) =>
      isSecretName(open) ? `<${open}${rest}>${masked}` : whole,
    )
    .replace(named, (whole, name: string, between: string) =>
      isSecretName(name) ? `${name}${between}${masked}` : whole,
    )
    .replace(secretValue, masked);
}

function looksSecret(text: string): boolean {
  return text.replace(secretValue, "") !== text;
}
