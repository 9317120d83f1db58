/** `nsomem evidence [PID]`: what a process of NSO's can tell of its memory now, on the terminal or in a directory. */

import { resolve } from "node:path";
import { defineCommand } from "citty";
import { exitCodes } from "../core/errors.ts";
import { doLater } from "../linux/file-work.ts";
import { hostClock } from "../linux/host-clock.ts";
import { openPrivateDirectory } from "../linux/private-directory.ts";
import { replaceFile } from "../linux/replace-file.ts";
import { kernelRoots } from "../linux/roots.ts";
import { type Chosen, chooseLargest, chooseNamed } from "../rescue/evidence/by-hand.ts";
import { evidenceDocument, evidenceFileName, evidenceJson } from "../rescue/evidence/evidence-file.ts";
import { lowerPriority } from "../rescue/evidence/evidence-host.ts";
import type { TakenPiece } from "../rescue/evidence/piece.ts";
import { piecesOf, summarise, takeEvidence } from "../rescue/evidence/take-evidence.ts";
import { print, printJson } from "../ui/print.ts";
import { choiceOf, configArg, coreArgs, homeArgs, parsePid } from "./options.ts";
import { settings } from "./settings.ts";

interface Taken {
  pieces: TakenPiece[];
  texts: Map<string, string>;
}

export default defineCommand({
  args: {
    pid: {
      type: "positional",
      required: false,
      valueHint: "PID",
      description: "a process of NSO's, or any JVM or Python; without it the largest of NSO's",
    },
    out: {
      type: "string",
      valueHint: "DIR",
      description: "a file for each piece, in a directory of its own",
    },
    json: { type: "boolean", description: "one JSON document instead of text" },
    conffile: coreArgs.conffile,
    user: coreArgs.user,
    ...homeArgs("use the nsomem.toml below DIR, as start --home DIR does"),
    ...configArg,
  },
  async run({ args }) {
    lowerPriority();
    const { config } = settings(args);
    const { procDir } = kernelRoots();
    const named = args.pid === undefined ? undefined : parsePid(args.pid);
    const chosen =
      named === undefined
        ? chooseLargest(procDir, choiceOf({ conffile: args.conffile, user: args.user }, config.nso))
        : chooseNamed(procDir, named);
    const takenMs = hostClock.wallMs();
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort());
    const mayAttach = config.evidence.attach === "if-caught";
    const subject = { ...chosen, procDir, mayAttach, ncs: config.nso.command, stop: stop.signal };
    const taken: Taken = { pieces: [], texts: new Map() };
    for await (const { taken: piece, text } of takeEvidence(subject, piecesOf(chosen.group))) {
      taken.pieces.push(piece);
      if (text !== undefined) taken.texts.set(piece.file ?? piece.piece, text);
    }
    if (args.out !== undefined) await writeInto(resolve(args.out), chosen, takenMs, taken);
    show(chosen, takenMs, taken, { json: args.json === true, out: args.out });
    return taken.texts.size > 0 ? exitCodes.done : exitCodes.failed;
  },
});

async function writeInto(dir: string, chosen: Chosen, takenMs: number, taken: Taken): Promise<void> {
  const directory = await doLater(openPrivateDirectory(dir));
  try {
    const json = evidenceJson(evidenceDocument(chosen, takenMs, taken.pieces));
    for (const [name, text] of [...taken.texts, [evidenceFileName, json] as const])
      await directory.at(name, (way) => replaceFile(way, (file) => file.writeFile(text)));
  } finally {
    directory.close();
  }
}

function show(
  chosen: Chosen,
  takenMs: number,
  { pieces, texts }: Taken,
  { json, out }: { json: boolean; out: string | undefined },
): void {
  const summary = summarise(pieces);
  if (json) {
    // What is text alone is in the document too: a program reads one thing.
    const whole = pieces.map((piece) => ({ ...piece, text: texts.get(piece.file ?? "") ?? null }));
    printJson({ ...evidenceDocument(chosen, takenMs, []), summary, pieces: whole });
    return;
  }
  const sections = pieces.flatMap(({ piece, file }) => {
    const text = texts.get(file ?? "");
    return text === undefined ? [] : ["", `== ${piece}`, text.trimEnd()];
  });
  const where = out === undefined ? sections : [`${texts.size} files in ${resolve(out)}`];
  print([`Evidence of ${chosen.who}`, summary, ...where].join("\n"));
}
