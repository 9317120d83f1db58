/** What `nsomem doctor` shows: what fails, then what is to be looked at, then how much is fine. */

import type { Check, CheckVerdict } from "../core/check.ts";
import { shownText } from "../core/shown.ts";
import type { Terminal } from "./terminal.ts";
import { wrapped } from "./wrap.ts";

const order: readonly CheckVerdict[] = ["fail", "warn", "ok"];

/** With `all` what is fine is listed too. */
export function doctorPage(
  checks: readonly Check[],
  { all, terminal }: { all: boolean; terminal: Terminal },
): string {
  const shown = order
    .flatMap((wanted) => checks.filter(({ verdict }) => verdict === wanted))
    .filter(({ verdict }) => all || verdict !== "ok");
  const { colour } = terminal;
  const paint: Record<CheckVerdict, (text: string) => string> = {
    ok: colour.green,
    warn: colour.yellow,
    fail: (text) => colour.bold(colour.red(text)),
  };
  const width = Math.max(0, ...shown.map(({ name }) => name.length));
  const left = width + 7;
  const linesOf = (text: string, room: number) => wrapped(shownText(text), terminal.wrapColumns - room);
  const rows = shown.flatMap(({ name, verdict, found, mend }) => {
    const head = `${paint[verdict](verdict.padEnd(4))} ${name.padEnd(width)}  `;
    const said = linesOf(found, left).map((line, at) => (at === 0 ? head : " ".repeat(left)) + line);
    const ways = mend === undefined ? [] : linesOf(mend, left + 2);
    return [
      ...said,
      ...ways.map((line, at) => `${" ".repeat(left)}${at === 0 ? colour.dim("→") : " "} ${line}`),
    ];
  });
  const count = (verdict: CheckVerdict) => checks.filter((check) => check.verdict === verdict).length;
  const hidden = all || count("ok") === 0 ? "" : " (--all shows them)";
  const sum = `${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} failed${hidden}`;
  return [...rows, ...(rows.length > 0 ? [""] : []), sum].join("\n");
}
