/** What `nsomem` alone shows above its help: what happened, what is happening, what will, and the command to type next. */

import { kindWords } from "../core/kind-words.ts";
import { memoryKinds } from "../core/reading.ts";
import { isUnfinished } from "../core/rescue.ts";
import { isRecent, type Standing } from "../core/standing.ts";
import type { Status } from "../core/status.ts";
import { formatKib } from "../core/units.ts";
import { headlineOf, verdictWords } from "./headline.ts";
import { rateText } from "./memory-rows.ts";
import { agoText, nextCommandRows } from "./rescue-rows.ts";
import type { Terminal } from "./terminal.ts";
import { sentence } from "./wrap.ts";

export function glancePage(standing: Standing, terminal: Terminal): string {
  const { status, agentPid } = standing;
  const { text, paint } = headlineOf(standing, terminal.colour);
  const isSeen = agentPid !== undefined && status !== undefined;
  return [
    ...sentence("happened", happened(standing), terminal),
    ...sentence("now", text, terminal).map(paint),
    ...(isSeen ? sentence("", memoryText(status), terminal) : []),
    ...sentence("ahead", isSeen ? ahead(standing, status) : "nobody watches NSO", terminal),
    ...nextCommandRows(standing, terminal),
  ].join("\n");
}

function happened(standing: Standing): string {
  const { rescue, nowMs, isDumping } = standing;
  if (!rescue) return "no incident so far";
  const at = agoText(rescue.endedMs, nowMs);
  if (isDumping) return `${at}: memory was critical, and SIGUSR1 was sent to NSO`;
  if (!isRecent(standing)) return `nothing in the last day; the last incident was at ${at}`;
  if (rescue.state === "watched") return `${at}: ${rescue.sentence}`;
  const size = rescue.crashDump ? `, ${formatKib(rescue.crashDump.bytes / 1024)}` : "";
  const verdict = isUnfinished(rescue) ? { verdict: null } : rescue;
  return `${at}: ${verdictWords(verdict)}${size}`;
}

function memoryText({ memory, nso, dry_run: isDry }: Status): string {
  const kinds = memoryKinds.flatMap((kind) => {
    const one = memory[kind];
    if (!one) return [];
    return [
      `${kindWords[kind]} ${one.percent.toFixed(1)} % ${one.enforced ? one.level.toUpperCase() : "(advisory)"}`,
    ];
  });
  const core = nso ? [`NSO PID ${nso.pid}`] : ["NSO is down"];
  return [...kinds, ...core, ...(isDry ? ["dry run"] : [])].join(", ");
}

function ahead({ trends, isDumping }: Standing, status: Status): string {
  if (isDumping) return "NSO ends when its dump is written";
  const [kind] = memoryKinds.filter((one) => status.memory[one]?.enforced);
  const memory = kind && status.memory[kind];
  const forecast = memory?.forecast?.text;
  const rate = memory ? rateText(memory, trends[kind]) : "";
  const outlook = status.crash_dump?.outlook ?? "good";
  const doubt =
    outlook === "good"
      ? []
      : [outlook === "hopeless" ? "NO crash dump is possible" : "the crash dump is in doubt"];
  const growth = forecast ?? (rate === "" ? "not known yet" : rate === "steady" ? "memory is steady" : rate);
  return [growth, ...doubt].join("; ");
}
