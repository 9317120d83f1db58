/** What `systemctl status` shows of the agent, in one line. */

import { type MemoryKind, memoryKinds } from "../core/reading.ts";
import type { Status } from "../core/status.ts";

/** "physical 91.0 % warning, committed 65.8 % normal; NSO PID 8571; crash dump in progress". */
export function serviceLine(status: Status): string {
  const measured = memoryKinds.flatMap((kind) => {
    const memory = status.memory[kind];
    return memory?.enforced ? [`${names[kind]} ${memory.percent.toFixed(1)} % ${memory.level}`] : [];
  });
  const blind = status.blind ? `memory NOT MEASURED: ${status.blind.reason}` : undefined;
  const running = status.actions.filter(({ outcome }) => outcome === "running").map(({ action }) => action);
  return [
    blind ?? (measured.join(", ") || "no reading yet"),
    status.nso ? `NSO PID ${status.nso.pid}` : "NSO is down, waiting for it",
    ...[...new Set(running)].map((action) => `${dumpWords[action] ?? action} in progress`),
    ...(status.dry_run ? ["dry run"] : []),
  ].join("; ");
}

const names: Record<MemoryKind, string> = { physical: "physical", allocated: "committed" };
const dumpWords: Readonly<Record<string, string>> = {
  "crash-dump": "crash dump",
  "debug-dump": "debug dump",
};
