/** `nsomem incidents`: what was recorded of memory incidents, and bundles of it. Loads little before it knows which. */

import { join, resolve } from "node:path";
import { defineCommand } from "citty";
import { NsomemError } from "../core/errors.ts";
import type { IncidentSummary } from "../core/incident.ts";
import { shown } from "../core/shown.ts";
import type { IncidentLog } from "../record/incident-log.ts";
import type { Paths } from "../record/paths.ts";
import { print, printJson } from "../ui/print.ts";
import { choiceOf, configArg, type HomeArgs, homeArgs, pathsOf } from "./options.ts";

const json = { type: "boolean", description: "JSON instead of text" } as const;
const home = homeArgs("the incidents below DIR, which start --home DIR keeps there");
const id = {
  type: "positional",
  required: false,
  default: "latest",
  description: 'the incident as "incidents list" names it (default: the newest)',
} as const;

const list = defineCommand({
  args: { json, ...home },
  run: ({ args }) => printList(args),
});

const show = defineCommand({
  args: { id, json, ...home },
  async run({ args }) {
    const { incident, summary } = await findIncident(pathsOf(args), args.id);
    const { readSummary } = await import("../dump/summary-file.ts");
    const dump = readSummary(incident.dir);
    if (args.json) {
      const { stepDocument } = await import("../core/incident-step.ts");
      const { id, dir, steps } = incident;
      printJson({
        schema: 1,
        id,
        dir,
        ...summary,
        dump_summary: dump ?? null,
        steps: steps.map(stepDocument),
      });
      return;
    }
    const { incidentPage } = await import("./incident-table.ts");
    print(incidentPage({ incident, summary, dump }));
  },
});

const bundle = defineCommand({
  args: {
    id,
    out: {
      type: "string",
      valueHint: "FILE",
      description: "default: nsomem-ID.tar.gz in the current directory",
    },
    redact: {
      type: "boolean",
      description:
        "without dumps, NSO's logs, output of commands and the host's name: they may hold configuration data",
    },
    ...home,
    ...configArg,
  },
  async run({ args }) {
    const { settings } = await import("./settings.ts");
    const { paths, config } = settings(args);
    const { incident, summary } = await findIncident(paths, args.id);
    const { bundleIncident } = await import("../bundle/bundle-incident.ts");
    const out = resolve(args.out ?? join(process.cwd(), `nsomem-${incident.id}.tar.gz`));
    const redact = args.redact ?? false;
    const choice = choiceOf({}, config.nso);
    const root = `nsomem-${incident.id}`;
    const { longWork } = await import("./long-work.ts");
    const { formatKib } = await import("../core/units.ts");
    const request = { paths, config, choice, incident, summary, root, redact };
    const format = (bytes: number) => formatKib(bytes / 1024);
    print(
      await bundleIncident(request, {
        out,
        around: (total, pack) => longWork({ what: "bundle", total, format }, pack),
      }),
    );
  },
});

export default defineCommand({
  subCommands: { list, show, bundle },
  args: { json, ...home },
  run: ({ args }) => printList(args),
});

async function printList(args: HomeArgs & { json?: boolean | undefined }): Promise<void> {
  const { incidentRows, incidentTable } = await import("./incident-table.ts");
  const rows = incidentRows(pathsOf(args).incidents);
  if (args.json) printJson({ schema: 1, incidents: rows });
  else print(incidentTable(rows));
}

/** Throws NsomemError NO_INCIDENT naming those there are. */
async function findIncident(
  paths: Paths,
  wanted: string,
): Promise<{ incident: IncidentLog; summary: IncidentSummary }> {
  const { listIncidents, readIncident } = await import("../record/incident-log.ts");
  const { summariseIncident } = await import("../core/incident.ts");
  const ids = listIncidents(paths.incidents);
  const chosen = wanted === "latest" ? ids[0] : wanted;
  const incident = chosen === undefined ? undefined : readIncident(paths.incidents, chosen);
  if (!incident) {
    const there =
      ids.length === 0
        ? `no incident in ${paths.incidents}: there are none so far`
        : `no incident "${shown(wanted)}" in ${paths.incidents}; there are ${ids.slice(0, 5).join(", ")}`;
    throw new NsomemError("NO_INCIDENT", there);
  }
  return { incident, summary: summariseIncident(incident.id, incident.steps) };
}
