/**
 * The elements of ncs.conf. Text in, value out.
 *
 * Own code, though `fast-xml-parser` passes the tests of this file: the agent reads a section while memory runs out,
 * before a dump and for the evidence, and would hold the library from then on. In a compiled binary, loaded by a
 * dynamic import, with an ncs.conf of 46 KB (medians of five): 20 MiB of RSS more after it, 11 MiB after this;
 * `@rgrove/parse-xml` 17 MiB, `htmlparser2` 14 MiB. Broken XML reads as far as it goes.
 */

/** The edge of one element. */
export interface ElementEdge {
  /** Local names from the root, `/ncs-config/memory-management`; empty for what is deeper than nsomem reads. */
  path: string;
  name: string;
  opens: boolean;
  closes: boolean;
  /** Offsets of the tag's first character and behind its last. */
  at: number;
  end: number;
  /** The text before a closing tag, where no element is in between. */
  leaf: string | undefined;
}

/** As deep as nsomem reads, `…/actions/action/debug-dump/count`: a million open tags are not joined a million times. */
const depthMax = 6;

/**
 * Comments, CDATA, instructions, declarations; then tags: slash, name, the rest of it. Nothing here goes back over
 * more than one tag, so that a broken file of any size is read in one pass; a value in quotes may hold a `>`.
 */
const form =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<![^<>]*>|<(\/?)([^\s/<>]+)(?=[\s/>])((?:"[^"<]*"|'[^'<]*'|[^"'<>])*)>/g;

/** The tags of a document in order. Prefixes of namespaces are dropped; a closing tag closes whatever is open. */
export function* elements(text: string): Generator<ElementEdge> {
  const open: string[] = [];
  const path = () => (open.length > depthMax ? "" : `/${open.join("/")}`);
  let textFrom: number | undefined;
  for (const match of text.matchAll(form)) {
    const [tag, slash, qualified, rest] = match;
    if (qualified === undefined || rest === undefined) continue;
    const name = qualified.slice(qualified.indexOf(":") + 1);
    const at = match.index;
    const end = at + tag.length;
    if (slash === "/") {
      const leaf = textFrom === undefined ? undefined : text.slice(textFrom, at).trim();
      yield { path: path(), name, opens: false, closes: true, at, end, leaf };
      open.pop();
      textFrom = undefined;
      continue;
    }
    open.push(name);
    const closes = rest.endsWith("/");
    yield { path: path(), name, opens: true, closes, at, end, leaf: undefined };
    textFrom = closes ? undefined : end;
    if (closes) open.pop();
  }
}
