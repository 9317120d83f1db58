/** Atoms and functions as Erlang writes them. */

/** `name`, or `'any other text'`. Its bytes come as latin-1 characters and are UTF-8. */
export function atomText(latin1: string): string {
  if (/^[a-z][\w@]*$/.test(latin1)) return latin1;
  const text = Buffer.from(latin1, "latin1").toString("utf8");
  return `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}

/** The atom of a heap's text at `at`, which is `A5:hello`, and where it ends; undefined where it is none. */
export function atomAt(text: string, at: number): { atom: string; end: number } | undefined {
  const [head, digits = ""] = /^A([0-9A-F]{1,3}):/.exec(text.slice(at, at + 5)) ?? [];
  if (head === undefined) return undefined;
  const from = at + head.length;
  const end = from + Number.parseInt(digits, 16);
  return end > text.length ? undefined : { atom: text.slice(from, end), end };
}

/** `module:function/arity` of `A6:module,A4:init,I1`; undefined where it is not that. */
export function functionText(text: string): string | undefined {
  const module = atomAt(text, 0);
  const name = module && text[module.end] === "," ? atomAt(text, module.end + 1) : undefined;
  const arity = name && /^,I(\d{1,3})$/.exec(text.slice(name.end))?.[1];
  if (!module || !name || arity === undefined) return undefined;
  return `${atomText(module.atom)}:${atomText(name.atom)}/${arity}`;
}
