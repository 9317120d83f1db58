/** ncs.conf and its parts without their secrets, and what they say of NSO's places. */

import { basename, dirname, join } from "node:path";
import { type ConfPlaces, parseConfPlaces } from "../core/ncs-conf-places.ts";
import { confWithoutSecrets } from "../core/ncs-conf-secrets.ts";
import { listOwned, readOwned } from "../linux/owned-file.ts";
import { answerOf } from "./answer.ts";
import type { NsoView } from "./nso-view.ts";
import type { Part, PartOptions } from "./part.ts";

/** A real one has some 40 KB. */
const bytesMax = 2 * 1024 * 1024;
const partsMax = 50;

export interface NsoConf {
  part: Part;
  /** Undefined where no ncs.conf could be read. */
  places: ConfPlaces | undefined;
}

export async function nsoConf(view: NsoView, { redact }: PartOptions): Promise<NsoConf> {
  const part: Part = { files: [], missing: [] };
  const texts: string[] = [];
  const main = await answerOf(readOwned(view.confFile, view.territory, bytesMax));
  if ("why" in main) {
    part.missing.push({ what: "nso/ncs.conf", why: view.gone ?? main.why });
    return { part, places: undefined };
  }
  take("ncs.conf", main.value);
  const parts = join(dirname(view.confFile), "ncs.conf.d");
  const names = await answerOf(listOwned(parts, view.territory));
  const wanted =
    "why" in names ? [] : names.value.filter((name) => name.endsWith(".conf")).slice(0, partsMax);
  for (const name of wanted) {
    const text = await answerOf(readOwned(join(parts, name), view.territory, bytesMax));
    if ("why" in text) part.missing.push({ what: `nso/ncs.conf.d/${name}`, why: text.why });
    else take(`ncs.conf.d/${basename(name)}`, text.value);
  }
  return { part, places: parseConfPlaces(texts, view.variables ?? {}) };

  function take(name: string, text: string): void {
    texts.push(text);
    part.files.push({ name: `nso/${name}`, text: confWithoutSecrets(text, { isStrict: redact }) });
  }
}
