/** What an NSO core was like when memory ran out, kept with the incident: it has ended when somebody asks. */

import { isRecord } from "./fact.ts";
import { isSecretName, masked, withoutSecrets } from "./secret-text.ts";
import { shownJson } from "./shown.ts";

export interface NsoRecord {
  uid: number;
  gid: number;
  groups: number[];
  confFile: string | undefined;
  /** Its working directory. */
  runDir: string | undefined;
  executable: string | undefined;
  /** It had a root of its own: its paths are not paths here. */
  isContained: boolean;
  /** The NCS_* variables of its environment, without secrets. */
  variables: Record<string, string>;
}

export const nsoRecordName = "nso.json";

export function formatNsoRecord(record: NsoRecord): string {
  return `${shownJson(record, 2)}\n`;
}

/** Undefined where the text is no such record. */
export function parseNsoRecord(text: string): NsoRecord | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { uid, gid, groups, variables } = value;
  if (!isWhole(uid) || !isWhole(gid)) return undefined;
  const word = (name: string) => (typeof value[name] === "string" ? value[name] : undefined);
  return {
    ...{ uid, gid },
    groups: Array.isArray(groups) ? groups.filter(isWhole) : [],
    confFile: word("confFile"),
    runDir: word("runDir"),
    executable: word("executable"),
    isContained: value.isContained === true,
    variables: isRecord(variables)
      ? Object.fromEntries(
          Object.entries(variables).flatMap(([name, one]) => (typeof one === "string" ? [[name, one]] : [])),
        )
      : {},
  };
}

/** The values without what is secret by the variable's name or by their look. */
export function variablesWithoutSecrets(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      isSecretName(name) && value !== "" ? masked : withoutSecrets(value),
    ]),
  );
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
