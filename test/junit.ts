/**
 * The counts and names in a JUnit report as `bun test --reporter=junit` writes it. Own code: no package here reads
 * XML, and a parser gives nothing for the report of a run that was cut short.
 */

export interface Counts {
  passed: number;
  skipped: string[];
  failed: string[];
}

/** Text in, counts out. A report that is missing or cut counts what it holds: nothing when it is empty. */
export function readJunit(xml: string): Counts {
  const counts: Counts = { passed: 0, skipped: [], failed: [] };
  for (const match of xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    const [, attributes = "", body = ""] = match;
    if (/<(failure|error)\b/.test(body)) counts.failed.push(nameOf(attributes));
    else if (body.includes("<skipped")) counts.skipped.push(nameOf(attributes));
    else counts.passed++;
  }
  return counts;
}

/** `file: group > test`. */
function nameOf(attributes: string): string {
  const attribute = (name: string) =>
    unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
  const path = [attribute("classname"), attribute("name")].filter((word) => word !== "").join(" > ");
  return `${attribute("file")}: ${path}`;
}

function unescaped(text: string): string {
  const plain: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&", "#10": " " };
  return text.replace(/&(lt|gt|quot|apos|amp|#10);/g, (_, name: string) => plain[name] ?? "");
}
