/**
 * The one section of ncs.conf that nsomem reads: NSO 6.7's own memory-management (facts 3.6). Text in, value out.
 *
 * Own code, though `fast-xml-parser` passes the tests of this file: the agent reads the section while memory runs
 * out, before a dump and for the evidence, and would hold the library from then on. In a compiled binary, loaded by a
 * dynamic import, with an ncs.conf of 46 KB (medians of five): 20 MiB of RSS more after it, 11 MiB after this;
 * `@rgrove/parse-xml` 17 MiB, `htmlparser2` 14 MiB. A file that is cut, or that is broken behind the section, gives
 * no section there.
 */

/** One `<action>` of the section; leaves that are not written are absent. */
export interface MemoryAction {
  name?: string | undefined;
  usedPercent?: number | undefined;
  freeBytes?: number | undefined;
  count?: number | undefined;
  cooldown?: string | undefined;
  directory?: string | undefined;
}

export interface MemorySection {
  /** Its text in the file. */
  xml: string;
  actions: MemoryAction[];
}

/** The section, or undefined where there is none. Comments and CDATA are passed over; broken XML reads as far as it goes. */
export function parseMemorySection(text: string): MemorySection | undefined {
  let startsAt: number | undefined;
  const actions: MemoryAction[] = [];
  for (const { path, name, opens, closes, at, end, leaf } of elements(text)) {
    if (!path.startsWith(sectionPath)) continue;
    if (path === sectionPath && opens) startsAt ??= at;
    if (path === actionPath && opens) actions.push({});
    const action = actions.at(-1);
    if (closes && action && leaf !== undefined && path === `${actionPath}/${name}`)
      Object.assign(action, leafOf(name, leaf));
    if (path === sectionPath && closes && startsAt !== undefined)
      return { xml: text.slice(startsAt, end), actions };
  }
  return undefined;
}

const sectionPath = "/ncs-config/memory-management";
const actionPath = `${sectionPath}/actions/action`;

function leafOf(name: string, value: string): MemoryAction {
  const number = /^\d+$/.test(value) ? Number(value) : undefined;
  switch (name) {
    case "name":
    case "type":
      return { name: value };
    case "used-memory-threshold-percentage":
      return { usedPercent: number };
    case "free-memory-threshold-bytes":
      return { freeBytes: number };
    case "count":
      return { count: number };
    case "cooldown-period":
      return { cooldown: value };
    case "directory":
      return { directory: value };
    default:
      return {};
  }
}

interface ElementEdge {
  /** Local names from the root, `/ncs-config/memory-management`; empty for what is deeper than the section has. */
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

/** `/ncs-config/memory-management/actions/action/name`: a million open tags are not joined a million times. */
const depthMax = 5;

/**
 * Comments, CDATA, instructions, declarations; then tags: slash, name, the rest of it. Nothing here goes back over
 * more than one tag, so that a broken file of any size is read in one pass; a value in quotes may hold a `>`.
 */
const form =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<\?[\s\S]*?(?:\?>|$)|<![^<>]*>|<(\/?)([^\s/<>]+)(?=[\s/>])((?:"[^"<]*"|'[^'<]*'|[^"'<>])*)>/g;

/** The tags of a document in order. Prefixes of namespaces are dropped; a closing tag closes whatever is open. */
function* elements(text: string): Generator<ElementEdge> {
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

/** A section for ncs.conf that acts where nsomem's own warning does, as an XML fragment. */
export function memorySectionFor(usedPercent: number, directory: string): string {
  return [
    "<memory-management>",
    "  <actions>",
    "    <action>",
    "      <name>debug-dump</name>",
    `      <used-memory-threshold-percentage>${Math.round(usedPercent)}</used-memory-threshold-percentage>`,
    "      <count>3</count>",
    "      <cooldown-period>PT10M</cooldown-period>",
    `      <directory>${directory}</directory>`,
    "    </action>",
    "  </actions>",
    "</memory-management>",
  ].join("\n");
}
