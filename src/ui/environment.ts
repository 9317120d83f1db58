/** What the environment says of the terminal and of whoever reads it. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** Lines one after the other, for a screen reader (`NSOMEM_PLAIN=1`) and for what cannot draw a line anew. */
export function isPlain({ NSOMEM_PLAIN: plain, TERM: term }: Environment): boolean {
  return (plain !== undefined && plain !== "" && plain !== "0") || term === "dumb";
}

/** Whether only ASCII is shown: plain, or in a locale whose characters are not those of UTF-8. See locale(7). */
export function isAsciiOnly(env: Environment): boolean {
  // Empty counts as not set.
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "C";
  return isPlain(env) || !/utf-?8/i.test(locale);
}
