/** Where ncs.conf says that NSO keeps its files: logs, packages, state. Text in, value out. Source: ncs.conf(5). */

import { elements } from "./xml-elements.ts";

/** What support asks for first. */
export const logKinds = ["ncs-log", "developer-log", "error-log"] as const;
export type LogKind = (typeof logKinds)[number];

export interface ConfPlaces {
  /** As they are written: relative to the run directory, with variables put in. */
  logs: Partial<Record<LogKind, string>>;
  /** Logs that are switched off. */
  disabled: LogKind[];
  loadPath: string[];
  stateDir?: string | undefined;
}

const listMax = 100;

/** Of ncs.conf and its parts, one after the other; `variables` are those of NSO's environment. */
export function parseConfPlaces(
  texts: readonly string[],
  variables: Readonly<Record<string, string>>,
): ConfPlaces {
  const places: ConfPlaces = { logs: {}, disabled: [], loadPath: [] };
  for (const text of texts)
    for (const { path, closes, leaf } of elements(text))
      if (closes && leaf) take(places, path, expanded(leaf, variables));
  return places;
}

function take(places: ConfPlaces, path: string, value: string): void {
  const [, kind, rest] = /^\/ncs-config\/logs\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const log = logKinds.find((one) => one === kind);
  if (log && (rest === "file/name" || rest === "filename")) places.logs[log] = value;
  if (log && rest === "enabled" && value === "false") places.disabled.push(log);
  if (path === "/ncs-config/state-dir") places.stateDir = value;
  if (path === "/ncs-config/load-path/dir" && places.loadPath.length < listMax) places.loadPath.push(value);
}

/** What a system install sets where the environment of the core is not known (facts 3.7). */
const usualVariables: Readonly<Record<string, string>> = {
  NCS_LOG_DIR: "/var/log/ncs",
  NCS_RUN_DIR: "/var/opt/ncs",
  NCS_CONFIG_DIR: "/etc/ncs",
  NCS_DIR: "/opt/ncs/current",
};

/** `${NAME}` and `${NAME:-default}`; what is not known stays as it is written. */
function expanded(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (whole, name: string, otherwise: string | undefined) =>
      ownValue(variables, name) ?? otherwise ?? ownValue(usualVariables, name) ?? whole,
  );
}

function ownValue(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
