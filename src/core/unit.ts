/** The systemd unit that a core runs in, and what systemd does with it when memory is short (facts 2.19). */

export interface UnitFacts {
  unit: string;
  /** What an OOM kill of any process of the unit means for the others: continue, stop or kill. Empty before systemd 243. */
  oomPolicy: string;
  /** In systemd's words: "1min 30s". */
  stopTimeout: string;
  killMode: string;
  /** The unit, and the slices above it, whose processes systemd-oomd may kill, and by which property. */
  managed: { id: string; by: ManagedBy }[];
}

const managedBy = ["ManagedOOMMemoryPressure", "ManagedOOMSwap"] as const;
type ManagedBy = (typeof managedBy)[number];

/** Where the unit stands: the service, and the slices that it is in. */
export interface UnitPlace {
  unit: string;
  slices: string[];
}

/**
 * By the text of /proc/PID/cgroup. Undefined where it is in no service or scope of the system's manager: those of a user's
 * own (below user@UID.service) answer to another.
 */
export function unitIn(text: string): UnitPlace | undefined {
  const lines = text.split("\n");
  const line =
    lines.find((one) => /^\d+:name=systemd:/.test(one)) ?? lines.find((one) => one.startsWith("0::"));
  const parts = line?.split(":").slice(2).join(":").split("/").filter(Boolean) ?? [];
  const at = parts.findIndex((part) => /\.(service|scope)$/.test(part));
  const unit = parts[at];
  if (unit === undefined || /^user@\d+\.service$/.test(unit)) return undefined;
  return { unit, slices: ["-.slice", ...parts.slice(0, at).filter((part) => part.endsWith(".slice"))] };
}

/** The properties that are asked for, one unit after the other. */
export const unitProperties = [
  "Id",
  "OOMPolicy",
  "TimeoutStopUSec",
  "KillMode",
  "ManagedOOMSwap",
  "ManagedOOMMemoryPressure",
  "ManagedOOMPreference",
] as const;

/** Of the output of `systemctl show`; undefined where the unit is not in it. */
export function parseUnits(output: string, { unit }: UnitPlace): UnitFacts | undefined {
  const units = output.split(/\n{2,}/).map(
    (block) =>
      new Map(
        block.split("\n").map((line) => {
          const at = line.indexOf("=");
          return [line.slice(0, at), line.slice(at + 1)] as const;
        }),
      ),
  );
  const own = units.find((one) => one.get("Id") === unit);
  if (!own) return undefined;
  const isOmitted = own.get("ManagedOOMPreference") === "omit";
  const managed = units.flatMap((one) =>
    managedBy.flatMap((by) => (one.get(by) === "kill" ? [{ id: one.get("Id") ?? "?", by }] : [])),
  );
  return {
    unit,
    oomPolicy: own.get("OOMPolicy") ?? "",
    stopTimeout: own.get("TimeoutStopUSec") ?? "",
    killMode: own.get("KillMode") ?? "",
    managed: isOmitted ? [] : managed,
  };
}

/** One OOM kill in the unit ends all of it, a core that writes its dump too. */
export function endsTogether({ oomPolicy }: UnitFacts): boolean {
  return oomPolicy === "stop" || oomPolicy === "kill";
}
