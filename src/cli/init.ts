/** `nsomem init`: a commented configuration and callbacks file to begin with. */

import { lstatSync, mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { defineCommand } from "citty";
// @ts-expect-error TypeScript sees the module, Bun embeds its text: an editor gets the very types that nsomem uses.
import apiText from "../core/callback-api.ts" with { type: "text" };
import { hint } from "../core/hint.ts";
import { shellWord } from "../core/shell-word.ts";
import { doNow } from "../linux/file-work.ts";
import { replaceWith } from "../linux/replace-file.ts";
import { print } from "../ui/print.ts";
import { homeArgs, placesOf } from "./options.ts";
import callbacksText from "./template/callbacks.ts.txt" with { type: "text" };
import configText from "./template/nsomem.toml.txt" with { type: "text" };

export default defineCommand({
  args: {
    dir: { type: "positional", description: "default: where start looks for nsomem.toml", required: false },
    ...homeArgs("write nsomem.toml below DIR, where start --home DIR reads it"),
  },
  run({ args }) {
    const dir = resolve(args.dir ?? dirname(placesOf(args).config));
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeOnce(join(dir, "nsomem.toml"), configText);
    writeOnce(join(dir, "callbacks.ts"), callbacksText);
    // Written anew each time: the types follow the version of nsomem, and nobody edits them.
    const types = join(dir, "nsomem.d.ts");
    doNow(replaceWith(types, apiText as string));
    print(`${types} written: what an editor needs to complete callbacks.ts`);
    print(`Next: edit them, then "${hint(`config check ${shellWord(join(dir, "nsomem.toml"))}`)}".`);
  },
});

/** A file that exists is the operator's own work and stays. */
function writeOnce(path: string, text: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })) {
    print(`${path} is there already and stays as it is`);
    return;
  }
  doNow(replaceWith(path, text));
  print(`${path} written`);
}
